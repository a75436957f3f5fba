/** Redis' part of the seats. */
export interface SeatCache {
  close(): Promise<void>;
}
