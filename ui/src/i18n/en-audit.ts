/** The English texts of the page of the audit chain, which brings them. */
export const enAudit = {
  "audit.action": "Action",
  "audit.after": "After",
  "audit.before": "Before",
  "audit.broken": "Chain broken",
  "audit.broken.text": {
    one: "{n} row was changed, removed or moved after it was written.",
    other: "{n} rows were changed, removed or moved after they were written.",
  },
  "audit.details": "Details",
  "audit.empty": "Nothing has been recorded yet",
  "audit.empty.text":
    "Every push, label, run, verdict and promotion becomes one entry, chained to the one before it by its hash.",
  "audit.entry": "Audit entry {seq}",
  "audit.hash": "Hash",
  "audit.head": "Head",
  "audit.label": "Audit entries",
  "audit.previous": "Previous hash",
  "audit.principal": "Who",
  "audit.reason": "Reason",
  "audit.resource": "On what",
  "audit.seq": "No.",
  "audit.time": "When",
  "audit.verified": "Verified",
  "audit.verified.text": {
    one: "The chain of {n} entry holds: nothing was changed, removed or reordered.",
    other: "The chain of {n} entries holds: nothing was changed, removed or reordered.",
  },
  "audit.verifying": "Walking the chain…",
};
