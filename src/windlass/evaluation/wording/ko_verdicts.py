"""Korean texts of verdicts, by the English ones.

Names of metrics and releases come in Latin letters, so no particle stands right after one.
"""

from typing import Final

KO_VERDICTS: Final[dict[str, str]] = {
    # The sentence as a whole.
    "Fail: the candidate fails on {candidate} of {items} items and the baseline on {baseline}, more than chance explains.": "실패: 항목 {items}개 중 후보는 {candidate}개, 기준은 {baseline}개에서 오류가 났습니다. 우연으로 설명되는 것보다 많습니다.",
    "Pass: {found}.": "통과: {found}.",
    "Fail: {found}.": "실패: {found}.",
    "Not enough data: {found}.": "데이터 부족: {found}.",
    "Not enough data: the gate asks for calibrated judges. {judges} By its scores {found}": "데이터 부족: 게이트가 보정된 심판을 요구합니다. {judges} 점수로만 보면 {found}",
    "{told}; and {n} more checks likewise": "{told}; 그 밖의 검사 {n}개도 같음",
    # What was found of a check.
    "{subject} has no item with a value in both runs": "{subject}: 두 실행 모두에 값이 있는 항목 없음",
    "{subject} has no item with a value of the candidate": "{subject}: 후보의 값이 있는 항목 없음",
    "{subject} is unchanged ({means}; {interval}; {items})": "{subject} 변화 없음({means}; {interval}; {items})",
    "{subject} is better by {change} ({means}; {interval}; {items})": "{subject} {change} 개선({means}; {interval}; {items})",
    "{subject} is worse by {change} ({means}; {interval}; {items})": "{subject} {change} 악화({means}; {interval}; {items})",
    "{subject} is {value} ({interval}; {items})": "{subject} {value}({interval}; {items})",
    "{metric} at its {percentile}th percentile": "{metric}의 {percentile}번째 백분위수",
    "{metric} on {slice}": "{metric}({slice})",
    "{confidence} interval {ends}": "{confidence} 구간 {ends}",
    "{low} to {high}": "{low} ~ {high}",
    "up to {high}": "{high} 이하",
    "from {low}": "{low} 이상",
    "too few items for an interval": "구간을 내기에는 항목이 너무 적음",
    "{change} of the baseline": "기준 대비 {change}",
    "{share} %": "{share}%",
    "{n} items": "항목 {n}개",
    "{n} items in {clusters} clusters": "군집 {clusters}개의 항목 {n}개",
    "{items}, {labelled} of them labelled by people": "{items}, 그중 {labelled}개는 사람이 라벨링",
    "{items}, judge-only": "{items}, 심판의 판단만",
    # What came with a pass.
    "{found}, and the guardrail held ({names})": "{found}, 가드레일도 지켜짐({names})",
    "{found}, and all {n} guardrails held ({names})": "{found}, 가드레일 {n}개 모두 지켜짐({names})",
    "{found}; {n} slices of too few items have no say": "{found}; 항목이 너무 적은 부분 집합 {n}개는 판정에서 빠짐",
    # What failed.
    "{found}, not {asked}": "{found}, 요구한 {asked}에 어긋남",
    "{found}, worse than the {margin} allowed": "{found}, 허용 한계({margin})보다 더 나빠짐",
    "{found}, not the improvement that the gate asks for": "{found}, 게이트가 요구하는 개선이 아님",
    "{found}, not the improvement of more than {margin} that the gate asks for": "{found}, 게이트가 요구하는 {margin} 초과의 개선에 못 미침",
    # What is open.
    "{found}, which neither shows nor rules out {asked}": "{found}, {asked}인지 아닌지 아직 알 수 없음",
    "{found}; about {n} items would decide": "{found}; 항목이 약 {n}개면 판정 가능",
    "{found}; about {n} items of that slice would decide": "{found}; 그 부분 집합의 항목이 약 {n}개면 판정 가능",
    "{found}; about {n} labels of people would decide": "{found}; 사람의 라벨이 약 {n}개면 판정 가능",
    "{found}, but {warning}": "{found}. 다만 {warning}",
    "{found}; and {warning}": "{found}; 또한 {warning}",
    "at least {bound}": "{bound} 이상",
    "at most {bound}": "{bound} 이하",
    "no worse than {margin}": "허용 한계({margin}) 이내",
    "an improvement": "개선",
    "an improvement of more than {margin}": "{margin} 초과의 개선",
    # Warnings.
    "{missing} of {items} items have a value on one side only, more than the {allowed} allowed: what is left may flatter one side": "항목 {items}개 중 {missing}개는 한쪽에만 값이 있어 허용된 {allowed}보다 많음. 남은 항목이 한쪽에 유리할 수 있음",
    "the candidate has a value on {there} of {items} items, fewer than the {allowed} that min_coverage asks for": "항목 {items}개 중 {there}개에만 후보의 값이 있어 min_coverage가 요구하는 {allowed}보다 적음",
    "the baseline has a value on {there} of {items} items, fewer than the {allowed} that min_coverage asks for": "항목 {items}개 중 {there}개에만 기준의 값이 있어 min_coverage가 요구하는 {allowed}보다 적음",
    "the bootstrap interval is {ratio} times as wide: the scores are skewed or few, read this with care": "부트스트랩 구간의 폭이 {ratio}배임. 점수가 치우쳤거나 적으므로 주의해서 읽을 것",
    "its range is not known, so the confidence sequence is asymptotic: it holds for many items; declare a range to have one that always holds": "값의 범위를 몰라 신뢰열이 점근적임. 항목이 많을 때 성립하며, 범위를 선언하면 항상 성립함",
    "its range is not known, so it rests on what these items show: what is large on fewer than {share} of all may be on none of them; declare the range under ranges, or bound a percentile": "값의 범위를 모르므로 이 항목들이 보여 주는 것에 근거함. 전체의 {share} 미만에서만 큰 값은 이 항목들에 하나도 없을 수 있음. ranges에 범위를 선언하거나 백분위수에 경계를 둘 것",
    "its range is not known, and its values are too few, or too skewed, to show what is rare and large: declare the range under ranges, bound a percentile, or evaluate {items} items": "값의 범위를 모르고, 값이 적거나 치우쳐 드물고 큰 값이 드러나지 않았을 수 있음. ranges에 범위를 선언하거나, 백분위수에 경계를 두거나, 항목 {items}개를 평가할 것",
    # Judges.
    "The judge of {metric} is not known here: its scores came from elsewhere.": "{metric}의 심판은 이곳에 없습니다. 점수가 다른 곳에서 왔습니다.",
    "The judge of {metric} {why}: measure it against people with `windlass judges calibrate {metric} --queue QUEUE`.": "{metric}의 심판은 {why}. `windlass judges calibrate {metric} --queue QUEUE`로 사람과 비교해 측정하세요.",
    "is calibrated": "보정되었습니다",
    "no longer judges its anchors as it did ({calibration}), so it drifted": "기준 항목을 전과 다르게 판정해 판정이 달라졌습니다({calibration})",
    "failed its calibration ({calibration})": "보정에서 떨어졌습니다({calibration})",
    "has no calibration with enough labels to tell ({calibration})": "보정에 쓸 라벨이 모자랐습니다({calibration})",
    "has not been calibrated": "보정된 적이 없습니다",
    # What is said after it.
    "{n} synthetic items that nobody approved were left out.": "아무도 승인하지 않은 합성 항목 {n}개는 뺐습니다.",
    "Decided after {seen} of {of} items; the {n} others were not needed.": "항목 {of}개 중 {seen}개에서 판정했습니다. 나머지 {n}개는 필요하지 않았습니다.",
    "All {of} items were looked at.": "항목 {of}개를 모두 보았습니다.",
    "{seen} of {of} items were looked at.": "항목 {of}개 중 {seen}개를 보았습니다.",
}
