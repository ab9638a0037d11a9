import {
  AreaSeries,
  BaselineSeries,
  createChart,
  createSeriesMarkers,
  createTextWatermark,
  LineSeries,
  LineStyle,
  LineType,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type ITextWatermarkPluginApi,
  type SeriesType,
  type Time,
  type UTCTimestamp,
  TickMarkType,
} from "lightweight-charts";
import type { Slot } from "../core/series";
import { formatClock, formatDay, formatMoment } from "../core/time";
import { colourIn, thinIn, type Band, type Dot, type Line } from "./chart";

const dayMs = 86_400_000;

/** What one picture shows at one moment. */
export interface Picture {
  lines: readonly Line[];
  slots: readonly Slot[];
  band: Band | null;
  dots: readonly Dot[];
}

type Series = ISeriesApi<SeriesType>;
type Autoscale = () => { priceRange: { minValue: number; maxValue: number } | null } | null;

/** The one place that knows the drawing library: lines over time, each where its look says, on a canvas. */
export class Plot {
  readonly #chart: IChartApi;
  #series: Series[] = [];
  #band: Series | null = null;
  #dots: ISeriesMarkersPluginApi<Time> | null = null;
  #titles: ITextWatermarkPluginApi<Time>[] = [];
  #looks = "";
  #offset_ms = 0;

  constructor(
    readonly host: HTMLElement,
    span_ms: () => number,
  ) {
    const moment = (time: Time): number => Number(time) * 1_000 + this.#offset_ms;
    this.#chart = createChart(host, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: {
        // The library is named in the dialog of the legend, with its address and its licence.
        attributionLogo: false,
        fontSize: 11,
        fontFamily: getComputedStyle(host).fontFamily,
        panes: { enableResize: false },
      },
      rightPriceScale: { borderVisible: false, minimumWidth: 68 },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        fixLeftEdge: true,
        fixRightEdge: true,
        minBarSpacing: 0.01,
        tickMarkFormatter: (time: Time, mark: TickMarkType) =>
          mark <= TickMarkType.DayOfMonth
            ? formatDay(moment(time))
            : formatClock(moment(time)).slice(0, mark === TickMarkType.TimeWithSeconds ? 8 : 5),
      },
      localization: {
        timeFormatter: (time: Time) => formatMoment(moment(time), span_ms() > dayMs / 2 ? dayMs : 0),
      },
      crosshair: { horzLine: { visible: false, labelVisible: false } },
    });
    this.paint();
  }

  /** Shows it; lines of the same looks as before are only moved. */
  draw({ lines, slots, band, dots }: Picture): void {
    const looks = JSON.stringify([
      band !== null,
      lines.map(({ look, tone, limit }) => [look, tone, limit ?? null]),
    ]);
    if (looks !== this.#looks) this.#begin(lines, band !== null);
    this.#looks = looks;
    // The library writes times of the day as they are in UTC: it is given the reader's, as if they were.
    const newest = slots.at(-1)?.at ?? 0;
    this.#offset_ms = new Date(newest).getTimezoneOffset() * 60_000;
    const time = (at: number): UTCTimestamp => ((at - this.#offset_ms) / 1_000) as UTCTimestamp;
    this.#series.forEach((series, index) => {
      const line = lines[index];
      if (line === undefined) return;
      series.setData(
        slots.map(({ at, points }) => {
          const point = points[index] ?? null;
          return point === null ? { time: time(at) } : { time: time(at), value: point.value };
        }),
      );
    });
    if (band !== null && this.#band !== null) {
      const { low, high } = band;
      this.#band.applyOptions({
        baseValue: { type: "price", price: low },
        autoscaleInfoProvider: () => ({ priceRange: { minValue: low, maxValue: high } }),
      });
      this.#band.setData(slots.map(({ at }) => ({ time: time(at), value: high })));
    }
    const blue = colourIn(this.host, "blue");
    const orange = colourIn(this.host, "orange");
    this.#dots?.setMarkers(
      dots.map(({ at, value, tone }) => ({
        time: time(at),
        price: value,
        position: "atPriceMiddle",
        shape: "circle",
        size: 0.6,
        color: tone === "blue" ? blue : orange,
      })),
    );
    this.#chart.timeScale().fitContent();
  }

  /** Marks a stretch of time, or none. */
  mark(slot: Slot | null): void {
    const [first] = this.#series;
    const value = slot?.points.find((it) => it !== null)?.value;
    if (slot === null || first === undefined || value === undefined) this.#chart.clearCrosshairPosition();
    else {
      const time = ((slot.at - this.#offset_ms) / 1_000) as UTCTimestamp;
      this.#chart.setCrosshairPosition(value, time, first);
    }
  }

  /** The place of the stretch below a number of pixels from the left; may lie outside the picture. */
  placeAt(x: number): number | null {
    const place = this.#chart.timeScale().coordinateToLogical(x);
    return place === null ? null : Math.round(place);
  }

  /** Takes the colours that hold now. */
  paint(): void {
    const [ink, line] = [colourIn(this.host, "ink-2"), colourIn(this.host, "line-2")];
    this.#chart.applyOptions({
      layout: {
        background: { color: "transparent" },
        textColor: ink,
        panes: { separatorColor: colourIn(this.host, "line") },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: line } },
      crosshair: { vertLine: { color: ink, labelBackgroundColor: colourIn(this.host, "bar") } },
    });
    // Series are made with their colours: they begin anew.
    this.#looks = "";
  }

  remove(): void {
    this.#chart.remove();
  }

  #begin(lines: readonly Line[], banded: boolean): void {
    for (const title of this.#titles) title.detach();
    for (const series of [...this.#series, ...(this.#band === null ? [] : [this.#band])]) {
      this.#chart.removeSeries(series);
    }
    this.#band = banded ? this.#addBand() : null;
    this.#series = lines.map((line) => this.#add(line));
    const [first] = this.#series;
    this.#dots = first === undefined ? null : createSeriesMarkers(first, []);
    const panes = this.#chart.panes();
    panes.forEach((pane, index) => {
      pane.setStretchFactor(index === 0 ? 2 : 1);
      // A pane may be one that stayed when others went: all that a look may have set is set again.
      pane.priceScale("right").applyOptions({
        invertScale: lines.some((line) => line.pane === index && line.look === "hanging"),
        // Room for the name of each.
        scaleMargins: index === 0 ? { top: 0.12, bottom: 0.08 } : { top: 0.26, bottom: 0.06 },
      });
    });
    // One picture needs no title beside that of its panel.
    const named = lines.filter(({ pane }, place) => lines.findIndex((it) => it.pane === pane) === place);
    this.#titles =
      panes.length < 2
        ? []
        : named.flatMap(({ pane, name }) => {
            const shown = panes[pane];
            if (shown === undefined) return [];
            const color = colourIn(this.host, "ink-2");
            return createTextWatermark(shown, {
              horzAlign: "left",
              vertAlign: "top",
              lines: [
                { text: name, color, fontSize: 11, fontFamily: getComputedStyle(this.host).fontFamily },
              ],
            });
          });
  }

  #add(line: Line): Series {
    const [blue, orange] = [colourIn(this.host, "blue"), colourIn(this.host, "orange")];
    const color = line.tone === "blue" ? blue : orange;
    const soft = thinIn(this.host, line.tone);
    const common = {
      lineWidth: 2,
      lineType: LineType.WithSteps,
      priceLineVisible: false,
      priceFormat: { type: "custom", minMove: line.step, formatter: line.write },
    } as const;
    const area = { ...common, lineColor: color, topColor: soft, bottomColor: soft };
    switch (line.look) {
      case "line":
        return this.#chart.addSeries(LineSeries, { ...common, color }, line.pane);
      case "area":
        return this.#chart.addSeries(AreaSeries, { ...area, bottomColor: "transparent" }, line.pane);
      case "result":
        return this.#addResult(line, common);
      case "hanging":
        return this.#addHanging(line, area, color);
    }
  }

  /** On both sides of nothing, which is always in sight. */
  #addResult(line: Line, common: object): Series {
    const [blue, orange] = [thinIn(this.host, "blue"), thinIn(this.host, "orange")];
    return this.#chart.addSeries(
      BaselineSeries,
      {
        ...common,
        baseValue: { type: "price", price: 0 },
        topLineColor: colourIn(this.host, "blue"),
        topFillColor1: blue,
        topFillColor2: blue,
        bottomLineColor: colourIn(this.host, "orange"),
        bottomFillColor1: orange,
        bottomFillColor2: orange,
        autoscaleInfoProvider: (original: Autoscale) => {
          const range = original()?.priceRange;
          return {
            priceRange: {
              minValue: Math.min(0, range?.minValue ?? 0),
              maxValue: Math.max(line.step, range?.maxValue ?? 0),
            },
          };
        },
      },
      line.pane,
    );
  }

  /** From the top downwards, with the level that it must not reach. */
  #addHanging(line: Line, area: object, color: string): Series {
    const limit = line.limit ?? null;
    const series = this.#chart.addSeries(
      AreaSeries,
      {
        ...area,
        invertFilledArea: true,
        autoscaleInfoProvider: (original: Autoscale) => ({
          priceRange: {
            minValue: 0,
            maxValue: Math.max(limit?.value ?? 0, original()?.priceRange?.maxValue ?? 0, line.step),
          },
        }),
      },
      line.pane,
    );
    if (limit !== null) {
      series.createPriceLine({
        price: limit.value,
        color,
        lineStyle: LineStyle.Dashed,
        lineWidth: 1,
        title: limit.name,
      });
    }
    return series;
  }

  #addBand(): Series {
    const soft = thinIn(this.host, "blue");
    return this.#chart.addSeries(BaselineSeries, {
      topLineColor: "transparent",
      bottomLineColor: "transparent",
      topFillColor1: soft,
      topFillColor2: soft,
      bottomFillColor1: "transparent",
      bottomFillColor2: "transparent",
      lastValueVisible: false,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
    });
  }
}
