import { it } from 'vitest';
import { documentedAnswers, documentedHeaders } from './documented.ts';
it('x', () => { console.log(documentedAnswers, documentedHeaders); });
