/**
 * The planner's weights: shares of a hundred that always add up, with locks, undo and redo.
 * @module
 */

const WHOLE = 100;
const MOST_KEPT = 200;

/**
 * @typedef {object} Setting what a planner has set; never changed in place
 * @property {number[]} shares per cent, adding up to 100
 * @property {boolean[]} locks
 * @property {string} method kind of combining
 */

/**
 * Scale weights to shares of a hundred; all equal where none is above 0.
 * @param {number[]} weights not negative
 * @returns {number[]}
 */
export function sharesOf(weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? (WHOLE * weight) / total : WHOLE / weights.length));
}

/**
 * Give one criterion a share; the others that are not locked make room in proportion, alike where they are all 0.
 * @param {Setting} setting
 * @param {number} number of the criterion
 * @param {number} wanted per cent
 * @returns {Setting}
 */
export function withShare(setting, number, wanted) {
  const { shares, locks } = setting;
  const others = shares.map((_, each) => each).filter((each) => each !== number && !locks[each]);
  const most = mostOf(setting, number);
  const share = others.length ? Math.min(Math.max(wanted, 0), most) : most;
  const rest = most - share;
  const before = others.reduce((sum, each) => sum + shares[each], 0);
  const made = [...shares];
  made[number] = share;
  others.forEach((each) => {
    made[each] = before > 0 ? (shares[each] / before) * rest : rest / others.length;
  });
  return { ...setting, shares: made };
}

/**
 * The greatest share that a criterion can have beside those that are locked.
 * @param {Setting} setting
 * @param {number} number
 * @returns {number}
 */
export function mostOf({ shares, locks }, number) {
  const locked = shares.reduce((sum, share, each) => sum + (locks[each] && each !== number ? share : 0), 0);
  return Math.max(WHOLE - locked, 0);
}

/**
 * @param {Setting} setting
 * @param {number} number
 * @returns {Setting}
 */
export function withLock(setting, number) {
  return { ...setting, locks: setting.locks.map((lock, each) => (each === number ? !lock : lock)) };
}

/**
 * Keep what was set, so that it can be taken back.
 * @param {Setting} first
 * @returns {{now: () => Setting, set: (next: Setting, keep?: boolean) => void, undo: () => boolean, redo: () => boolean, canUndo: () => boolean, canRedo: () => boolean}}
 */
export function history(first) {
  let now = first;
  let kept = first; // what an undo goes back to while a slider is on its way
  const past = [];
  const future = [];
  return {
    now: () => now,
    set(next, keep = true) {
      now = next;
      if (keep && !same(next, kept)) {
        past.push(kept);
        past.splice(0, past.length - MOST_KEPT);
        future.length = 0;
        kept = next;
      }
    },
    undo() {
      const before = past.pop();
      if (before) {
        future.push(kept);
        now = kept = before;
      }
      return Boolean(before);
    },
    redo() {
      const after = future.pop();
      if (after) {
        past.push(kept);
        now = kept = after;
      }
      return Boolean(after);
    },
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
  };
}

/**
 * @param {Setting} one
 * @param {Setting} other
 * @returns {boolean}
 */
export function same(one, other) {
  return (
    one.method === other.method &&
    one.shares.every((share, number) => Math.abs(share - other.shares[number]) < 1e-9) &&
    one.locks.every((lock, number) => lock === other.locks[number])
  );
}
