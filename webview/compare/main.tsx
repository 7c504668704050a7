// The page that compares runs.
import { showPage } from '../page/show';
import { ComparePage } from './ComparePage';

showPage(ComparePage);
