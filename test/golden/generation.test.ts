// Greedy and beam search as transformers' generate, on every device.
import { test } from 'vitest';
import { allContinuations, expectContinuations, isDecidedOnHost, title } from './continuations';

test.each(allContinuations.filter((each) => !isDecidedOnHost(each)))(title, expectContinuations);
