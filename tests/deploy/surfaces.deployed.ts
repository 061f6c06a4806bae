import { surfacesSuite } from '../acceptance/surfaces.ts';
import { deployedTarget } from './deployed-target.ts';

surfacesSuite(() => deployedTarget);
