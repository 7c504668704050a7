// Where a setting stands, at the head of a sentence that refuses it.

export interface Place {
  file: string;
  /** Absent for a setting from the command line. */
  line?: number;
}

/** `boolq.experiment.json, line 7` */
export function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}, line ${line}`;
}
