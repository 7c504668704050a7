// `adapter-lab plan` alone: what it needs is a fraction of all commands.
import { addPlan } from './plan';
import { runProgram } from './runProgram';

void runProgram([addPlan]);
