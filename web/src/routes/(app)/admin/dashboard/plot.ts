/** Where the marks of a plot lie. */
import { max, ticks } from 'd3-array';
import { scaleBand, scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';

export interface Series {
  label: string;
  tone: 'sea' | 'moss' | 'clay';
  /** One for each moment; null where nobody knows. */
  values: readonly (number | null)[];
}

export interface Box {
  width: number;
  height: number;
}

const MARGIN = { top: 8, right: 8, bottom: 22, left: 58 };
const Y_TICKS = 4;
/** A label of the axis of time needs as much. */
const X_TICK_WIDTH = 90;

export function layOut(series: readonly Series[], count: number, { width, height }: Box) {
  const highest = max(series, ({ values }) => max(values, (value) => value ?? 0)) || 1;
  const x = scaleBand<number>()
    .domain(Array.from({ length: count }, (_, index) => index))
    .range([MARGIN.left, Math.max(width - MARGIN.right, MARGIN.left + 1)])
    .paddingInner(0.2);
  const y = scaleLinear()
    .domain([0, highest])
    .nice(Y_TICKS)
    .range([height - MARGIN.bottom, MARGIN.top]);
  const middle = (index: number) => (x(index) ?? 0) + x.bandwidth() / 2;
  const known = (value: number | null): value is number => value !== null;
  const lineOf = line<number | null>()
    .defined(known)
    .x((_, index) => middle(index))
    .y((value) => y(value ?? 0));
  const areaOf = area<number | null>()
    .defined(known)
    .x((_, index) => middle(index))
    .y0(y(0))
    .y1((value) => y(value ?? 0));
  const { left, right } = { left: MARGIN.left, right: width - MARGIN.right };
  return {
    ...{ left, right, bottom: y(0), middle },
    y: (value: number) => y(value),
    band: (index: number) => x(index) ?? 0,
    bandWidth: x.bandwidth(),
    line: (values: Series['values']) => lineOf(values) ?? '',
    area: (values: Series['values']) => areaOf(values) ?? '',
    yTicks: y.ticks(Y_TICKS).filter((tick) => highest > Y_TICKS || Number.isInteger(tick)),
    xTicks: ticks(0, count - 1, Math.max(1, Math.floor((right - left) / X_TICK_WIDTH))).filter(
      (tick) => Number.isInteger(tick) && tick >= 0 && tick < count,
    ),
    /** The moment that is nearest to a place. */
    nearest: (at: number) =>
      Math.max(0, Math.min(count - 1, Math.floor(((at - left) / (right - left)) * count))),
  };
}
