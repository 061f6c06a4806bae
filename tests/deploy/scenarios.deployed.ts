import { scenariosSuite } from '../acceptance/scenarios.ts';
import { deployedTarget } from './deployed-target.ts';

scenariosSuite(() => deployedTarget);
