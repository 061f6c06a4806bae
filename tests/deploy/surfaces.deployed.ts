import { facesSuite } from '../acceptance/surfaces.ts';
import { deployedTarget } from './deployed-target.ts';

facesSuite(() => deployedTarget);
