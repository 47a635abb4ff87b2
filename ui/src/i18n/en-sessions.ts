/** The English texts of the pages of sessions and users, which bring them. */
export const enSessions = {
  "missing.reply": "No answer was recorded",
  "missing.said": "Nothing was recorded of what was said",
  "missing.release": "None of its traces names a release",
  "missing.user": "None of its traces names a user",

  "session.as_traces": "Show as traces",
  "session.copy_id": "Copy the session id",
  "session.lasted": "Lasted",
  "session.open": "Open the trace of turn {n}",
  "session.title": "Session",
  "session.turns": "Turns",
  "session.turns.label": "Turns of the conversation",

  "sessions.active": "Last active",
  "sessions.all": "All time",
  "sessions.empty": "No sessions yet",
  "sessions.empty.text":
    "A session is a conversation: spans that share the attribute gen_ai.conversation.id, or session.id.",
  "sessions.end": { one: "That is all: {n} session.", other: "That is all: {n} sessions." },
  "sessions.failed": "Failed",
  "sessions.failed.tip": {
    one: "{n} trace has a span that failed",
    other: "{n} traces have a span that failed",
  },
  "sessions.first_words": "First words",
  "sessions.id": "Session",
  "sessions.label": "Sessions",
  "sessions.none": "No session was active in this time",
  "sessions.none.text": "Choose a longer time.",
  "sessions.release": "Release",
  "sessions.sessions": "Sessions",
  "sessions.since": "Active in the last",
  "sessions.traces": "Traces",
  "sessions.user": "User",

  "user.copy_id": "Copy the user id",
  "user.parts": "Parts of the user",
  "user.sessions.none": "This user's traces name no session",
  "user.title": "User",

  "users.empty": "No users yet",
  "users.empty.text": "A user is named by the attribute user.id of a span, or enduser.id.",
  "users.end": { one: "That is all: {n} user.", other: "That is all: {n} users." },
  "users.id": "User",
  "users.label": "Users",
  "users.none": "No user was active in this time",
};
