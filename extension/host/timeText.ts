// Durations and sizes as people say them: shared with the pages.
export { agoText, durationText, sizeText } from '../shared/timeText';
