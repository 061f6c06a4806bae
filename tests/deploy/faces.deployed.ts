import { facesSuite } from '../acceptance/faces.ts';
import { deployedTarget } from './deployed-target.ts';

facesSuite(() => deployedTarget);
