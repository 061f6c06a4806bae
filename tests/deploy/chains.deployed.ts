import { chainsSuite } from '../acceptance/chains.ts';
import { deployedTarget } from './deployed-target.ts';

chainsSuite(() => deployedTarget);
