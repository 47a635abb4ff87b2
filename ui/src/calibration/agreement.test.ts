import { expect, test } from "vitest";
import type { CalibrationResult, Figure } from "@/api/calibrations";
import { rowsOf, startOf } from "./AgreementPlot";

const figure = (value: number | null, low: number | null = null): Figure => ({
  value,
  low,
  high: null,
  n: 9,
});

function result(values: number[], people: CalibrationResult["people"] = null): CalibrationResult {
  const measures = { kappa: figure(0.5, 0.4), linear_kappa: figure(0.5), alpha: figure(-0.1, -0.31) };
  return { agreement: { values, confusion: [], measures }, people } as unknown as CalibrationResult;
}

test("of two values a weighted kappa says nothing more, and is left out", () => {
  expect(rowsOf(result([0, 1])).map((row) => row.measure)).toEqual(["kappa", "alpha"]);
  expect(rowsOf(result([0, 0.5, 1])).map((row) => row.measure)).toEqual(["kappa", "linear_kappa", "alpha"]);
});

test("the ceiling of alpha is that of all people, and of other measures that of each against the others", () => {
  const people = { alpha: figure(0.8), people: { kappa: figure(0.9) }, judge: { kappa: figure(0.6) } };
  const [kappa, alpha] = rowsOf(result([0, 1], people as unknown as CalibrationResult["people"]));
  expect([kappa?.people?.value, kappa?.same?.value]).toEqual([0.9, 0.6]);
  expect([alpha?.people?.value, alpha?.same]).toEqual([0.8, undefined]);
});

test("the axis begins at 0, or below whatever is lower", () => {
  expect(startOf(rowsOf(result([0, 1])))).toBe(-0.4);
  expect(startOf([{ measure: "kappa", judge: figure(0.5, 0.4) }])).toBe(0);
});
