// Every command of adapter-lab.
import { addCache } from './cache';
import { addCompare } from './compare';
import { addConvert } from './convert';
import { addDevices } from './devices';
import { addDrive } from './drive';
import { addEvaluate } from './evaluate';
import { addExperiments } from './experiments';
import { addExport } from './export';
import { addGenerate } from './generate';
import { addImport } from './import';
import { addInspect } from './inspect';
import { addJudge } from './judge';
import { addLoss } from './loss';
import { addMerge } from './merge';
import { addModels } from './models';
import { addNew } from './new';
import { addPlan } from './plan';
import { addPlayground } from './playground';
import { addResume } from './resume';
import { runProgram } from './runProgram';
import { addRuns } from './runs';
import { addSlopes } from './slopes';
import { addTasks } from './tasks';
import { addTrain } from './train';
import { addUpdates } from './updates';

const train = [addNew, addPlan, addTrain, addInspect, addResume, addRuns, addExperiments];
const use = [
  addEvaluate,
  addCompare,
  addJudge,
  addTasks,
  addLoss,
  addGenerate,
  addPlayground,
  addSlopes,
  addUpdates,
  addMerge,
  addExport,
  addImport,
  addConvert,
  addModels,
];

void runProgram([...train, ...use, addCache, addDevices, addDrive]);
