// The page of one run.
import { showPage } from '../page/show';
import { RunPage } from './RunPage';

showPage(RunPage);
