import { joinsSuite } from '../acceptance/joins.ts';
import { deployedTarget } from './deployed-target.ts';

joinsSuite(() => deployedTarget);
