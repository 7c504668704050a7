// Figures and tables of the paper, with the user's runs in them.
import { showPage } from '../page/show';
import { FiguresPage } from './FiguresPage';

showPage(FiguresPage);
