import { passThroughSuite } from '../acceptance/pass-through.ts';
import { deployedTarget } from './deployed-target.ts';

passThroughSuite(() => deployedTarget);
