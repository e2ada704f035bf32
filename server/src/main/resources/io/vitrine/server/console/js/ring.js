// Columns of numbers of a fixed length: the newest push out the oldest, and an open tab stays as large as it was.

export class Ring {
  /** @param columns names; `at` comes first, in seconds */
  constructor(columns, capacity) {
    this.columns = columns;
    this.capacity = capacity;
    this.data = columns.map(() => new Float64Array(capacity).fill(NaN));
    this.start = 0;
    this.size = 0;
  }

  push(row) {
    const at = (this.start + this.size) % this.capacity;
    for (let i = 0; i < this.columns.length; i++) this.data[i][at] = row[i] ?? NaN;
    if (this.size < this.capacity) this.size++;
    else this.start = (this.start + 1) % this.capacity;
  }

  last(column) {
    return this.size ? this.data[this.columns.indexOf(column)][(this.start + this.size - 1) % this.capacity] : NaN;
  }

  /** The last `most` values of a column, oldest first; null where there is none, as the charts want it. */
  values(column, most = this.size) {
    const source = this.data[this.columns.indexOf(column)];
    const length = Math.min(most, this.size);
    const values = new Array(length);
    for (let i = 0; i < length; i++) {
      const value = source[(this.start + this.size - length + i) % this.capacity];
      values[i] = Number.isNaN(value) ? null : value;
    }
    return values;
  }
}
