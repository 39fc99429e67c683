// What a person is to do comes before what is generated, told once, or decided long ago.
var Scorer = {
  score: ([page, , , , points]) => {
    if (page.startsWith("reference/mapping-")) return points - 12;
    if (page.startsWith("walks/") || page.startsWith("adr/")) return points - 6;
    return points;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
