/** What a process counts of its own work, from its start on; metrics and samples read the same. */
export class Counters {
  /** Sockets and event streams that are open. */
  connections = 0;
  /** Results that were given to subscriptions. */
  deliveries = 0;
  /** Messages that were sent here, and how long that took in all. */
  sends = 0;
  sendMs = 0;

  /** Counts a connection until what it returns is called. */
  connect(): () => void {
    this.connections++;
    return () => void this.connections--;
  }

  sent(ms: number): void {
    this.sends++;
    this.sendMs += ms;
  }
}
