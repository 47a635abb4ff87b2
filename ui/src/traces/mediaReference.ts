import { createContext } from "react";

/** A file that windlass took out of a message and keeps beside it. */
export interface MediaReference {
  digest: string;
  type: string;
  bytes: number;
  /** What its sender called it; empty when they did not. */
  name: string;
}

const REFERENCE = /^windlass-media:\/\/(sha256:[0-9a-f]{64})\?([^\s]*)$/;
const DEEPEST = 4;

export function readReference(text: string): MediaReference | undefined {
  const [, digest, query] = REFERENCE.exec(text) ?? [];
  if (!digest) return undefined;
  const about = new URLSearchParams(query);
  return {
    digest,
    type: about.get("type") ?? "application/octet-stream",
    bytes: Number(about.get("size") ?? 0),
    name: "",
  };
}

/** The reference within a part of a message, whatever the shape that its provider gave it. */
export function findReference(part: unknown, depth = 0): MediaReference | undefined {
  if (typeof part === "string") return readReference(part);
  if (typeof part !== "object" || part === null || depth > DEEPEST) return undefined;
  for (const value of Object.values(part)) {
    const found = findReference(value, depth + 1);
    if (found) return found.name ? found : { ...found, name: nameOf(part) };
  }
  return undefined;
}

function nameOf(part: object): string {
  const { filename, file_name: fileName, name } = part as Record<string, unknown>;
  return ([filename, fileName, name].find((value) => typeof value === "string") as string | undefined) ?? "";
}

/** Where files are had: a reviewer sees those of an item alone, under the item's own address. */
export const FileBase = createContext("/api/v1/media");

export function shapeOf(media: MediaReference): "image" | "audio" | "video" | "file" {
  const [shape] = media.type.split("/");
  return shape === "image" || shape === "audio" || shape === "video" ? shape : "file";
}
