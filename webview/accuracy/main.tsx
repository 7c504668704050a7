// The accuracy tables.
import { showPage } from '../page/show';
import { AccuracyPage } from './AccuracyPage';

showPage(AccuracyPage);
