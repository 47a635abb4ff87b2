/** The English texts of a verdict's signed file; they come with it. */
export const enSigned = {
  "signed.by": "Signed by",
  "signed.copy": "Copy the id of the key",
  "signed.download": "Signed file",
  "signed.none": "Given before verdicts were signed:",
  "signed.tip":
    "The verdict with all its evidence as one signed file, to be verified elsewhere: windlass verdicts verify",
};
