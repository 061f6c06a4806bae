import { eventsSuite } from '../acceptance/events.ts';
import { deployedTarget } from './deployed-target.ts';

eventsSuite(() => deployedTarget);
