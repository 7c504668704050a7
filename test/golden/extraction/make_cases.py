"""Hand-made cases of reading and scoring answers, and an implementation of the published rules of its own.

Each case was written down with the answer that a reader of the rule expects. The script computes the same with
Python's re and float, as the LLM-Adapters scripts do, refuses to write where the two differ, and writes
cases.json, which the tests of the product read:

    python3 make_cases.py
"""

import json
import re
from pathlib import Path

RULES = {
    "boolq": {"kind": "first", "pattern": r"true|false"},
    "piqa": {"kind": "first", "pattern": r"solution1|solution2"},
    "social_i_qa": {"kind": "first", "pattern": r"answer1|answer2|answer3|answer4|answer5"},
    "hellaswag": {"kind": "first", "pattern": r"ending1|ending2|ending3|ending4"},
    "winogrande": {"kind": "first", "pattern": r"option1|option2"},
    "ARC-Easy": {"kind": "first", "pattern": r"answer1|answer2|answer3|answer4|answer5"},
    "ARC-Challenge": {"kind": "first", "pattern": r"answer1|answer2|answer3|answer4|answer5"},
    "openbookqa": {"kind": "first", "pattern": r"answer1|answer2|answer3|answer4|answer5"},
    "gsm8k": {"kind": "number"},
    "AddSub": {"kind": "number"},
    "MultiArith": {"kind": "number"},
    "SingleEq": {"kind": "number"},
    "SVAMP": {"kind": "number"},
    "AQuA": {"kind": "first", "pattern": r"A|B|C|D|E"},
    "orca-math": {"kind": "orca", "pattern": r"-?[$€£¥]?\d[\d,]*(?:\.\d+)?(?:[/:]\d+(?:\.\d+)?)?"},
    # Tasks of a user's own, as their task.json has them.
    "last yes or no": {"kind": "last", "pattern": r"yes|no"},
    "any case": {"kind": "first", "pattern": r"paris|rome", "ignoreCase": True},
    "group": {"kind": "first", "pattern": r"answer is:? ?\(?([A-D])\)?", "group": 1},
    "whole": {"kind": "whole"},
}


def extract(rule, text):
    kind = rule["kind"]
    if kind == "whole":
        return text.strip()
    if kind == "number":
        found = re.findall(r"-?\d+\.?\d*", text.replace(",", ""))
        return found[-1] if found else ""
    flags = re.IGNORECASE if rule.get("ignoreCase") else 0
    found = [match.group(rule.get("group", 0)) for match in re.finditer(rule["pattern"], text, flags)]
    if not found:
        return ""
    return found[0] if kind == "first" else found[-1]


def is_correct(rule, extracted, answer):
    if rule["kind"] == "number":
        predicted = float(extracted) if extracted else float("inf")
        return abs(float(answer) - predicted) <= 0.001
    if extracted == "":
        return False
    if rule["kind"] == "orca":
        return extracted == extract(rule, answer)
    if rule.get("ignoreCase"):
        return extracted.lower() == answer.lower()
    return extracted == answer


# (task, what the model wrote, the right answer, the answer in it, right or wrong)
CASES = [
    # The answer as it was trained, with white space, punctuation and more text around it.
    ("boolq", "the correct answer is true", "true", "true", True),
    ("boolq", "the correct answer is false", "false", "false", True),
    ("boolq", "the correct answer is false", "true", "false", False),
    ("boolq", "true", "true", "true", True),
    ("boolq", "  false\n", "false", "false", True),
    ("boolq", "true.", "true", "true", True),
    ("boolq", "\"true\"", "true", "true", True),
    ("boolq", "(false)", "false", "false", True),
    ("boolq", "**true**", "true", "true", True),
    ("boolq", "answer:true", "true", "true", True),
    # The first match counts, whatever follows it.
    ("boolq", "true or false? false", "false", "true", False),
    ("boolq", "it is not true but false", "false", "true", False),
    ("boolq", "false, although many say true", "false", "false", True),
    ("boolq", "truefalse", "true", "true", True),
    ("boolq", "falsetrue", "true", "false", False),
    # Inside another word it is a match all the same.
    ("boolq", "that is untrue", "true", "true", True),
    ("boolq", "falsehood", "false", "false", True),
    ("boolq", "the truest answer", "true", "true", True),
    # Upper and lower case are not the same.
    ("boolq", "True", "true", "", False),
    ("boolq", "FALSE", "false", "", False),
    ("boolq", "False, so true", "false", "true", False),
    ("boolq", "TRUE true", "true", "true", True),
    ("boolq", "tRue", "true", "", False),
    # No match is wrong.
    ("boolq", "", "true", "", False),
    ("boolq", "   \n\t", "false", "", False),
    ("boolq", "yes", "true", "", False),
    ("boolq", "tru", "true", "", False),
    ("boolq", "t r u e", "true", "", False),
    ("boolq", "fals e", "false", "", False),
    ("boolq", "是", "true", "", False),
    ("boolq", "答案是true。", "true", "true", True),
    ("boolq", "ｔｒｕｅ", "true", "", False),
    ("boolq", "true\u0301", "true", "true", True),
    ("boolq", "\ufefftrue", "true", "true", True),
    ("boolq", "🙂true🙂", "true", "true", True),
    ("boolq", "\x00false", "false", "false", True),
    ("boolq", "line one\nline two false\nline three true", "false", "false", True),
    ("piqa", "the correct answer is solution1", "solution1", "solution1", True),
    ("piqa", "the correct answer is solution2", "solution1", "solution2", False),
    ("piqa", "solution2, because solution1 is unsafe", "solution2", "solution2", True),
    ("piqa", "solution1 or solution2", "solution2", "solution1", False),
    ("piqa", "Solution1", "solution1", "", False),
    ("piqa", "solution 1", "solution1", "", False),
    ("piqa", "solution3", "solution1", "", False),
    ("piqa", "solution12", "solution1", "solution1", True),
    ("piqa", "solution3, no: solution2", "solution2", "solution2", True),
    ("piqa", "resolution1", "solution1", "solution1", True),
    ("piqa", "solution１", "solution1", "", False),
    ("piqa", "", "solution1", "", False),
    ("social_i_qa", "the correct answer is answer1", "answer1", "answer1", True),
    ("social_i_qa", "the correct answer is answer3", "answer2", "answer3", False),
    ("social_i_qa", "answer5", "answer3", "answer5", False),
    ("social_i_qa", "answer4answer1", "answer1", "answer4", False),
    ("social_i_qa", "Answer2", "answer2", "", False),
    ("social_i_qa", "answer", "answer1", "", False),
    ("social_i_qa", "the answer answer2", "answer2", "answer2", True),
    ("hellaswag", "the correct answer is ending4", "ending4", "ending4", True),
    ("hellaswag", "ending5", "ending1", "", False),
    ("hellaswag", "ending5 ending3", "ending3", "ending3", True),
    ("hellaswag", "Ending1: he jumps ending2", "ending1", "ending2", False),
    ("hellaswag", "spending1", "ending1", "ending1", True),
    ("hellaswag", "ending 2", "ending2", "", False),
    ("hellaswag", "ending10", "ending1", "ending1", True),
    ("winogrande", "the correct answer is option1", "option1", "option1", True),
    ("winogrande", "option2option1", "option1", "option2", False),
    ("winogrande", "Option2", "option2", "", False),
    ("winogrande", "option3", "option2", "", False),
    ("winogrande", "adoption2", "option2", "option2", True),
    ("winogrande", "the option1 the option2", "option1", "option1", True),
    ("ARC-Easy", "the correct answer is answer4", "answer4", "answer4", True),
    ("ARC-Easy", "answer6", "answer1", "", False),
    ("ARC-Easy", "answer6 or answer2", "answer2", "answer2", True),
    ("ARC-Easy", "answers1", "answer1", "", False),
    ("ARC-Easy", "answer1answer2answer3", "answer1", "answer1", True),
    ("ARC-Easy", "answer\n1", "answer1", "", False),
    ("ARC-Challenge", "the correct answer is answer5", "answer5", "answer5", True),
    ("ARC-Challenge", "ANSWER1 answer2", "answer1", "answer2", False),
    ("ARC-Challenge", "none of them", "answer3", "", False),
    ("ARC-Challenge", "answer33", "answer3", "answer3", True),
    ("openbookqa", "the correct answer is answer2", "answer2", "answer2", True),
    ("openbookqa", "answer1. answer2. answer3.", "answer3", "answer1", False),
    ("openbookqa", "Answer1: salt answer3", "answer3", "answer3", True),
    ("openbookqa", "", "answer1", "", False),
    # Numbers: the last one, commas deleted, within 0.001.
    ("gsm8k", "The answer is 72.", "72.0", "72.", True),
    ("gsm8k", "72", "72.0", "72", True),
    ("gsm8k", "10 + 5 = 15", "15.0", "15", True),
    ("gsm8k", "first 15, then 20", "15.0", "20", False),
    ("gsm8k", "1,234", "1234.0", "1234", True),
    ("gsm8k", "12,345,678", "12345678.0", "12345678", True),
    ("gsm8k", "1,2", "12.0", "12", True),
    ("gsm8k", "either 1, 2 or 3", "3.0", "3", True),
    ("gsm8k", "3,4", "4.0", "34", False),
    ("gsm8k", "$18", "18.0", "18", True),
    ("gsm8k", "$1,050.50 a week", "1050.5", "1050.50", True),
    ("gsm8k", "18 dollars", "18.0", "18", True),
    ("gsm8k", "18%", "18.0", "18", True),
    ("gsm8k", "-5", "-5.0", "-5", True),
    ("gsm8k", "- 5", "-5.0", "5", False),
    ("gsm8k", "it fell by 5 to -5 degrees", "-5.0", "-5", True),
    ("gsm8k", "10-5", "5.0", "-5", False),
    ("gsm8k", "10 - 5", "5.0", "5", True),
    ("gsm8k", "pages 3-7", "7.0", "-7", False),
    ("gsm8k", "+7", "7.0", "7", True),
    ("gsm8k", "\u22127", "-7.0", "7", False),
    ("gsm8k", "0", "0.0", "0", True),
    ("gsm8k", "-0", "0.0", "-0", True),
    ("gsm8k", "007", "7.0", "007", True),
    ("gsm8k", "", "0.0", "", False),
    ("gsm8k", "no number", "3.0", "", False),
    ("gsm8k", "seventy-two", "72.0", "", False),
    ("gsm8k", "...", "0.0", "", False),
    ("gsm8k", "-", "0.0", "", False),
    ("gsm8k", ",", "0.0", "", False),
    ("gsm8k", "The answer is 5", "5.002", "5", False),
    ("gsm8k", "The answer is 5.0009", "5.0", "5.0009", True),
    ("gsm8k", "The answer is 4.9991", "5.0", "4.9991", True),
    ("gsm8k", "The answer is 4.998", "5.0", "4.998", False),
    ("gsm8k", "#### 42", "42.0", "42", True),
    ("gsm8k", "42 (see equation 3)", "42.0", "3", False),
    ("gsm8k", "answer is 42\n\n### Note 1", "42.0", "1", False),
    ("gsm8k", "1/2", "0.5", "2", False),
    ("gsm8k", "3 1/2", "3.5", "2", False),
    ("gsm8k", "2:1", "2.0", "1", False),
    ("gsm8k", "5 kg", "5.0", "5", True),
    ("gsm8k", "5kg", "5.0", "5", True),
    ("gsm8k", "x2 = 4 m2", "4.0", "2", False),
    ("gsm8k", "1e3", "1000.0", "3", False),
    ("gsm8k", "1.5e3", "1500.0", "3", False),
    ("gsm8k", "The answer is 14.00", "14.0", "14.00", True),
    ("AddSub", "0.5", "0.5", "0.5", True),
    ("AddSub", ".5", "0.5", "5", False),
    ("AddSub", "The answer is 0.5.", "0.5", "0.5", True),
    ("AddSub", "1.2.3", "3.0", "3", True),
    ("AddSub", "1..2", "2.0", "2", True),
    ("AddSub", "3.14.", "3.14", "3.14", True),
    ("AddSub", "9.80", "9.8", "9.80", True),
    ("AddSub", "9.8 - 3 = 6.8", "6.8", "6.8", True),
    ("AddSub", "--4", "-4.0", "-4", True),
    ("AddSub", "4-", "4.0", "4", True),
    ("AddSub", "4.-2", "-2.0", "-2", True),
    ("MultiArith", "8 x 4 = 32. The answer is 32.", "32.0", "32.", True),
    ("MultiArith", "The answer is thirty-two (32)", "32.0", "32", True),
    ("MultiArith", "The answer is ٣", "3.0", "٣", True),
    ("MultiArith", "The answer is १२", "12.0", "१२", True),
    ("MultiArith", "The answer is １５", "15.0", "１５", True),
    ("MultiArith", "The answer is 𝟜", "4.0", "𝟜", True),
    ("MultiArith", "The answer is ²", "2.0", "", False),
    ("MultiArith", "The answer is Ⅳ", "4.0", "", False),
    ("MultiArith", "The answer is ½", "0.5", "", False),
    ("SingleEq", "1 000 000", "1000000.0", "000", False),
    ("SingleEq", "1.000,50", "1000.5", "1.00050", False),
    ("SingleEq", "The answer is 1,000.", "1000", "1000.", True),
    ("SingleEq", "The answer is 999999999999", "999999999999", "999999999999", True),
    ("SingleEq", "The answer is 0.0005", "0", "0.0005", True),
    ("SVAMP", "8\n9\n10\n", "10.0", "10", True),
    ("SVAMP", "€12", "12.0", "12", True),
    ("SVAMP", "12€, or 13$", "13.0", "13", True),
    ("SVAMP", "The answer is 8.0", "8.0", "8.0", True),
    # A letter; the first capital from A to E counts, also that of a word.
    ("AQuA", "The answer is (D).", "D", "D", True),
    ("AQuA", "B", "B", "B", True),
    ("AQuA", "b", "B", "", False),
    ("AQuA", "F", "E", "", False),
    ("AQuA", "A or B", "B", "A", False),
    ("AQuA", "Answer: C", "C", "A", False),
    ("AQuA", "the answer is: E", "E", "E", True),
    ("AQuA", "Considering all, D", "D", "C", False),
    ("AQuA", "", "A", "", False),
    ("AQuA", "Ä", "A", "", False),
    ("AQuA", "А", "A", "", False),
    # Orca-Math: the last number with its signs, the same text as in the worked solution.
    ("orca-math", "so she has 18 apples", "She has 20 - 2 = 18 apples left.", "18", True),
    ("orca-math", "It costs $18", "The price is $18.", "$18", True),
    ("orca-math", "It costs $18", "The price is 18.", "$18", False),
    ("orca-math", "1,200", "in all 1,200", "1,200", True),
    ("orca-math", "1200", "in all 1,200", "1200", False),
    ("orca-math", "the ratio is 3:4", "3:4", "3:4", True),
    ("orca-math", "3/4 of it", "that is 3/4", "3/4", True),
    ("orca-math", "0.75", "that is 3/4", "0.75", False),
    ("orca-math", "-7", "-7", "-7", True),
    ("orca-math", "2.50", "2.5", "2.50", False),
    ("orca-math", "I do not know", "18", "", False),
    ("orca-math", "", "18", "", False),
    ("orca-math", "5 and then 6.", "It is 6", "6", True),
    # Own tasks: last match, any case, a group, all of it.
    ("last yes or no", "yes, no, yes", "yes", "yes", True),
    ("last yes or no", "yes at first, then no", "no", "no", True),
    ("last yes or no", "nothing to say", "no", "no", True),
    ("last yes or no", "Yes", "yes", "", False),
    ("any case", "PARIS", "Paris", "PARIS", True),
    ("any case", "Paris, not Rome", "rome", "Paris", False),
    ("any case", "rOmE", "ROME", "rOmE", True),
    ("any case", "London", "Paris", "", False),
    ("group", "the answer is (C)", "C", "C", True),
    ("group", "the answer is: B", "B", "B", True),
    ("group", "the answer is E", "D", "", False),
    ("group", "answer is A, answer is D", "D", "A", False),
    ("whole", "  exactly this \n", "exactly this", "exactly this", True),
    ("whole", "exactly this.", "exactly this", "exactly this.", False),
    ("whole", "", "", "", False),
    ("whole", "Zürich", "Zürich", "Zürich", True),
    ("whole", "Zu\u0308rich", "Zürich", "Zu\u0308rich", False),
]


def main():
    written = []
    for task, output, answer, expected, correct in CASES:
        rule = RULES[task]
        extracted = extract(rule, output)
        right = is_correct(rule, extracted, answer)
        if (extracted, right) != (expected, correct):
            case = (task, output, answer)
            raise SystemExit(f"{case}: expected {expected!r}, {correct}; the rule says {extracted!r}, {right}")
        case = {"task": task, "output": output, "answer": answer, "extracted": extracted, "correct": right}
        written.append(case)
    path = Path(__file__).with_name("cases.json")
    lines = ",\n".join("  " + json.dumps(case) for case in written)
    path.write_text(f"[\n{lines}\n]\n")
    print(f"{len(written)} cases")


main()
