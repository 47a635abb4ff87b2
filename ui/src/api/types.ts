import type { components } from "./schema";

type Schemas = components["schemas"];

export type Activity = Schemas["Activity"];
export type Artifact = Schemas["Artifact"];
export type ArtifactSummary = Schemas["ArtifactSummary"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditVerification = Schemas["AuditVerification"];
export type Change = Schemas["Change"];
export type Check = Schemas["Check"];
export type Comparison = Schemas["Comparison"];
export type Deployment = Schemas["Deployment"];
export type RunningRelease = Schemas["RunningRelease"];
export type Diff = Schemas["Difference"];
export type Environment = Schemas["Environment"];
export type EnvironmentOverview = Schemas["EnvironmentOverview"];
export type MetricSummary = Schemas["MetricSummary"];
export type Overview = Schemas["Overview"];
export type PairedMetric = Schemas["PairedMetric"];
export type ComparedSample = Schemas["ComparedSample"];
export type Run = Schemas["Run"];
export type RunSummary = Schemas["RunSummary"];
export type Sample = Schemas["RunSample"];
export type Score = Schemas["Score"];
export type ScoreSummary = Schemas["ScoreSummary"];
export type Session = Schemas["Session"];
export type Span = Schemas["Span"];
export type SpanOutline = Schemas["SpanOutline"];
export type SpanSummary = Schemas["SpanSummary"];
/** A trace as its pages show it: the contents of a span are asked for when it is looked at. */
export type Trace = Schemas["TraceOutline"];
export type TraceSummary = Schemas["TraceSummary"];
export type Verdict = Schemas["Verdict"];
export type SequentialReport = Schemas["SequentialReport"];
export type SequentialCheck = Schemas["SequentialCheck"];
export type SequentialLook = Schemas["Look"];
export type Version = Schemas["VersionDetail"];
export type VersionLink = Schemas["VersionLink"];
export type VersionSummary = Schemas["VersionSummary"];

export type Kind = Artifact["kind"];
export type NewScore = Schemas["NewScore"];
export type Outcome = Verdict["outcome"];
export type RunState = RunSummary["state"];
export type SpanStatus = Span["status"];
