import { deadLettersSuite } from '../acceptance/dead-letters.ts';
import { deployedTarget } from './deployed-target.ts';

deadLettersSuite(() => deployedTarget);
