/** What the benchmark asks of the peer's process, and what it answers. */

export interface PeerRequest {
  readonly batch: number;
  readonly steps: number;
  readonly units: number;
  readonly repeats: number;
}

export interface PeerResult {
  readonly version: string;
  readonly millis: readonly number[];
  /** Sum of the outputs: compared with ours before any time is. */
  readonly checksum: number;
  /** The first outputs. */
  readonly output: readonly number[];
}
