// Slope diagnostics of runs, or of one adapter.
import { showPage } from '../page/show';
import { SlopesPage } from './SlopesPage';

showPage(SlopesPage);
