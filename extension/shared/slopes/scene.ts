// Pictures as data: a list of shapes that a canvas or an SVG file shows alike.

export const markers = ['circle', 'triangle', 'square', 'diamond', 'cross', 'plus'] as const;
export type Marker = (typeof markers)[number];

export interface LineShape {
  kind: 'line';
  /** x and y in turns. */
  points: number[];
  color: string;
  width: number;
  dash?: number[];
}

/** Many markers of one look. */
export interface MarksShape {
  kind: 'marks';
  /** x and y in turns. */
  points: number[];
  marker: Marker;
  radius: number;
  color: string;
  /** A ring around each, which tells it from what lies below. */
  outline?: string;
  opacity?: number;
}

export interface TextShape {
  kind: 'text';
  x: number;
  /** Of the baseline. */
  y: number;
  text: string;
  color: string;
  size: number;
  anchor?: 'start' | 'middle' | 'end';
  bold?: boolean;
  /** Read from below to above. */
  upward?: boolean;
}

export interface BoxShape {
  kind: 'box';
  x: number;
  y: number;
  width: number;
  height: number;
  color: string;
  opacity?: number;
}

export type Shape = LineShape | MarksShape | TextShape | BoxShape;

export interface Scene {
  width: number;
  height: number;
  background: string;
  font: string;
  shapes: Shape[];
}

export interface PictureColors {
  foreground: string;
  muted: string;
  grid: string;
  background: string;
  /** Of runs; each has its own marker as well. */
  series: readonly string[];
}

/** Vertices of a marker about its centre, x and y in turns; none for a circle. */
export function markerOutline(marker: Marker, radius: number): number[] {
  const outline = outlines[marker];
  return outline.map((share) => share * radius);
}

const bar = 0.36;
const reach = 1.15;
const plus = [
  ...[-bar, -reach, bar, -reach, bar, -bar, reach, -bar],
  ...[reach, bar, bar, bar, bar, reach, -bar, reach],
  ...[-bar, bar, -reach, bar, -reach, -bar, -bar, -bar],
];
/** Sizes that look alike: each covers about the circle's area. */
const outlines: Record<Marker, number[]> = {
  circle: [],
  triangle: [0, -1.35, 1.17, 0.78, -1.17, 0.78],
  square: [-0.89, -0.89, 0.89, -0.89, 0.89, 0.89, -0.89, 0.89],
  diamond: [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
  cross: turned(plus),
  plus,
};

function turned(points: readonly number[]): number[] {
  const half = Math.SQRT1_2;
  return points.map((value, index) => {
    const other = points[index % 2 === 0 ? index + 1 : index - 1] ?? 0;
    return index % 2 === 0 ? (value - other) * half : (other + value) * half;
  });
}

/** The same shapes elsewhere. */
export function moveShapes(shapes: readonly Shape[], right: number, down: number): Shape[] {
  const moved = (points: readonly number[]): number[] =>
    points.map((value, index) => value + (index % 2 === 0 ? right : down));
  return shapes.map((shape) =>
    'points' in shape
      ? { ...shape, points: moved(shape.points) }
      : { ...shape, x: shape.x + right, y: shape.y + down },
  );
}
