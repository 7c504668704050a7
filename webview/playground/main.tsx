// The playground.
import { showPage } from '../page/show';
import { PlaygroundPage } from './PlaygroundPage';

showPage(PlaygroundPage);
