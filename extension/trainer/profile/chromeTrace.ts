// Profiled steps as a trace that chrome://tracing and ui.perfetto.dev draw: steps, parts of the model, operations.
// Format: "Trace Event Format", complete events ("ph": "X") in microseconds.
import { operationName, placeName, type ProfiledStep } from './profiledSteps';

interface TraceEvent {
  name: string;
  ph: 'X' | 'M';
  pid: 1;
  tid: number;
  ts?: number;
  dur?: number;
  args?: Record<string, unknown>;
}

const lines = ['steps', 'parts of the model', 'operations'];

/** Steps stand one after another: what lies between them, as a checkpoint, was not recorded. */
export function chromeTrace(steps: ProfiledStep[]): { traceEvents: TraceEvent[] } {
  const events = lines.map((name, index): TraceEvent => {
    return { name: 'thread_name', ph: 'M', pid: 1, tid: index + 1, args: { name } };
  });
  let begin = 0;
  for (const step of steps) {
    const { seconds, tokens } = step;
    const args = { tokens: tokens.reduce((sum, one) => sum + one, 0) };
    events.push({ ...span(1, `step ${step.step}`, begin, seconds), args });
    addCalls(events, step, begin);
    begin += seconds;
  }
  return { traceEvents: events };
}

function addCalls(events: TraceEvent[], step: ProfiledStep, begin: number): void {
  const { profile } = step;
  let place: TraceEvent | undefined;
  for (const [call, start] of profile.start.entries()) {
    const seconds = profile.seconds[call] ?? 0;
    const name = placeName(profile, call);
    if (place?.name === name) {
      place.dur = micros(begin + start + seconds) - (place.ts ?? 0);
    } else {
      place = span(2, name, begin + start, seconds);
      events.push(place);
    }
    const args = {
      gflop: (profile.operations[call] ?? 0) / 1e9,
      mb: (profile.bytes[call] ?? 0) / 1e6,
    };
    events.push({ ...span(3, operationName(step, call), begin + start, seconds), args });
  }
}

function span(tid: number, name: string, start: number, seconds: number): TraceEvent {
  return { name, ph: 'X', pid: 1, tid, ts: micros(start), dur: micros(seconds) };
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e3;
}
