/** What the page is given and what its parts know of each other. */

import type { Model } from "./live/model.js";
import type { GridData, LatticeData, PictureFrame } from "./live/frame.js";
import type { Method } from "./live/combine.js";
import type { Pins } from "./pins.js";
import type { View } from "./views.js";
import type { Ways } from "./ways.js";

/** Latitude and longitude in whole steps of a degree. */
export type Steps = [number, number];
/** First latitude and longitude, then moves from point to point. */
export type Line = number[];
export type Stop = [number, string];

export interface FrameData extends PictureFrame {
  corners: [[number, number], [number, number]];
}

export interface LiveData {
  packed: string[];
  letters: string;
  grid: GridData;
  frame: FrameData;
  statuses: number[];
  siteCells: number[];
  toStudy: LatticeData;
  toDegrees: LatticeData;
  nationalGrid: boolean;
  method: Method;
  presets: Array<{ title: string; weights: number[]; note: string }>;
  bestSteps: number;
  units: Record<string, [string, number]>;
  ramps: { score: Stop[]; moved: Stop[] };
}

export interface HatchStyle {
  colour: string;
  stroke: string;
  all?: boolean;
}

export interface Rule extends HatchStyle {
  title: string;
  why?: string;
  hectares?: string;
  bits: number[];
  rule?: boolean;
}

export interface NearMiss extends HatchStyle {
  title: string;
  hectares: string;
  bit: number;
  areas: Array<{ name: string; region: string; gridRef: string; rank: number; score: number; hectares: string; share: string; outline: Line[] }>;
}

export interface Criterion {
  name: string;
  key: string;
  label: string;
  unit: string;
  weight: number;
  why: string;
  basis: string;
  layer: string;
  source: string;
  measure: string;
}

export interface Site {
  id: string;
  rank: number;
  tied: boolean;
  tier: string;
  interval: string;
  first: number | null;
  name: string;
  region: string;
  gridRef: string;
  at: Steps;
  score: number | null;
  hectares: string;
  unreachable: boolean;
  outline: Line[];
  parts: Array<{ value: string }>;
}

export interface Feature {
  name: string;
  values: string[];
  at?: Steps;
  lines?: Line[];
  criteria?: number[];
}

export interface InputLayer {
  title: string;
  group: string;
  shape: string;
  colour: string;
  source: string;
  columns: string[];
  features: Feature[];
}

export interface DemandPoint {
  name: string;
  at: Steps;
  size: string;
  needs: string;
  site: number | null;
  time: string;
  nearest: number | null;
  nearestTime: string;
}

export interface Demand {
  title: string;
  size: string;
  within: string;
  each: string;
  source: string;
  points: DemandPoint[];
}

export interface Way {
  name: string;
  colour: string;
}

export interface SiteWays {
  routes: Array<{ facility: string; time: string; length: string; metres: number; roads: string; line: Line[]; at: Steps } | null>;
  bands: Array<{ area: string; rings: Line[] }>;
  connection: Record<string, any> | null;
}

export interface WayData {
  vehicle: string;
  routes: Way[];
  bands: Array<{ title: string; colour: string }>;
  connection: { colour: string; basis: string } | null;
  sites: SiteWays[];
}

/** How far areas meet the facility's needs, and how ready they are. */
export interface ReadinessData {
  sites: Array<{
    needs: Array<{ name: string; state: string; said: string; wanted: string; there: string; evidence: string }>;
    overall?: string;
    said?: string;
    marks?: Array<{ subject: string; mark: string; why: string; required: boolean }>;
  }>;
  gaps: Array<{ subject: string; required: boolean }>;
  actions: Record<string, Array<{ action: string; cost: string; lead: string; source: string }>>;
}

/** What is drawn, packed beside the numbers. */
export interface Drawn {
  base: { land: Line[]; area: Line[]; regions: Line[]; motorways: Line[]; roads: Line[]; places: Array<[number, number, string]> };
  layers: InputLayer[];
  ways: WayData | null;
}

export interface PageData extends Drawn {
  steps: number;
  title: string;
  region: string;
  cell: string;
  summary: string;
  facility: { capacity: string; needs: Array<{ name: string; said: string; total: string; range: string; source: string }> };
  view: [[number, number], [number, number]];
  criteria: Criterion[];
  noun: string;
  given: boolean;
  sites: Site[];
  table: { columns: string[]; rows: Array<Array<string | number | null>> };
  rules: Rule[];
  nearMisses: NearMiss[];
  demand: Demand | null;
  readiness?: ReadinessData;
  notTested: string;
  notTestedBriefly: string;
  gaps: Array<{ title: string; why: string; closedBy: string }>;
  notAssessed: Array<{ title: string; why: string }>;
  notes: string[];
  land: Array<{ title: string; hectares: string }>;
  attribution: string[];
  live: LiveData;
}

/** The page, joined. */
export interface App {
  map: L.Map;
  data: PageData;
  model: Model;
  ways: Ways | null;
  pins: Pins;
  pick: (index: number) => void;
  ask: (lat: number, lon: number, name?: string, go?: boolean) => void;
  back: () => void;
  bringPoint: (lat: number, lon: number) => void;
  order: () => number[];
  chosen: () => { site?: string; place?: [number, number] };
  shown: () => View;
  show: (key: string) => void;
}
