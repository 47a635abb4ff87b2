# /// script
# dependencies = ["google-adk", "datasets", "google-cloud-aiplatform", "pandas"]
# ///
"""Write data/: what Google's ADK, Vertex AI's SDK and Hugging Face `datasets` themselves write.

uv run tests/evaluation/formats/record.py
"""

import json
from importlib.metadata import version
from pathlib import Path

DATA = Path(__file__).parent / "data"
ROWS = {
    "train": [("Why?", ["Because."], 1), ("어떻게?", ["이렇게.", "저렇게."], 2)],
    "test": [("When?", ["Now."], 3)],
}


def main() -> None:
    record_adk()
    record_vertex()
    record_hugging_face()


def record_adk() -> None:
    from google.adk.evaluation.eval_case import (
        EvalCase,
        IntermediateData,
        Invocation,
        InvocationEvent,
        InvocationEvents,
        SessionInput,
    )
    from google.adk.evaluation.eval_rubrics import Rubric, RubricContent
    from google.adk.evaluation.eval_set import EvalSet
    from google.adk.evaluation.local_eval_sets_manager import convert_eval_set_to_pydantic_schema
    from google.genai.types import Content, FunctionCall, FunctionResponse, Part

    def said(role: str, text: str) -> Content:
        return Content(role=role, parts=[Part(text=text)])

    roll = FunctionCall(id="call-1", name="roll_die", args={"sides": 6})
    rolled = FunctionResponse(id="call-1", name="roll_die", response={"result": 4})
    plain = EvalCase(
        eval_id="one_turn",
        conversation=[
            Invocation(
                invocation_id="i-1",
                user_content=said("user", "육면체 주사위를 굴려줘."),
                final_response=said("model", "4가 나왔습니다."),
                intermediate_data=IntermediateData(tool_uses=[FunctionCall(name="roll_die", args={"sides": 6})]),
                creation_timestamp=1747341706.6,
            )
        ],
        creation_timestamp=1747341707.0,
    )
    turns = EvalCase(
        eval_id="two_turns",
        conversation=[
            Invocation(user_content=said("user", "Roll a die."), final_response=said("model", "4")),
            Invocation(
                user_content=said("user", "Is it prime?"),
                final_response=said("model", "No."),
                intermediate_data=IntermediateData(
                    tool_uses=[roll],
                    tool_responses=[rolled],
                    intermediate_responses=[("checker", [Part(text="Looking.")])],
                ),
            ),
        ],
        session_input=SessionInput(app_name="dice", user_id="u", state={"userName": "Ada", "none": None}),
        rubrics=[Rubric(rubric_id="r", rubric_content=RubricContent(text_property="It is polite."))],
    )
    events = EvalCase(
        eval_id="events",
        conversation=[
            Invocation(
                user_content=said("user", "Hello."),
                intermediate_data=InvocationEvents(
                    invocation_events=[
                        InvocationEvent(
                            author="dice", content=Content(role="model", parts=[Part(function_call=roll)])
                        ),
                        InvocationEvent(
                            author="dice", content=Content(role="user", parts=[Part(function_response=rolled)])
                        ),
                    ]
                ),
            )
        ],
    )
    eval_set = EvalSet(eval_set_id="dice", name="dice", eval_cases=[plain, turns, events])
    write("adk.evalset.json", eval_set.model_dump_json(indent=1))
    write("adk.camel.evalset.json", eval_set.model_dump_json(indent=1, by_alias=True, exclude_none=True))
    first_schema = [
        {
            "name": "twice",
            "data": [
                {"query": "What can you do?", "expected_tool_use": [], "reference": "I can roll dice.\n"},
                {
                    "query": "Roll a die twice.",
                    "expected_tool_use": [{"tool_name": "roll_die", "tool_input": {"sides": 17}}] * 2,
                    "expected_intermediate_agent_responses": [{"author": "roller", "text": "Rolling."}],
                    "reference": "13, then 4.",
                },
            ],
            "initial_session": {"state": {"a": 1}, "app_name": "dice", "user_id": "user"},
        }
    ]
    write("adk.first.test.json", json.dumps(first_schema, indent=1))
    converted = convert_eval_set_to_pydantic_schema("dice", first_schema)
    write("adk.first.converted.evalset.json", converted.model_dump_json(indent=1))


def record_vertex() -> None:
    from agentplatform._genai.types import EvalCase, EvaluationDataset, ResponseCandidate, RubricGroup, evals
    from google.genai.types import Content, FunctionCall, Part

    def said(role: str, text: str) -> Content:
        return Content(role=role, parts=[Part(text=text)])

    rubric = evals.Rubric(
        rubric_id="r",
        content=evals.RubricContent(property=evals.RubricContentProperty(description="It is polite.")),
        importance=evals.Importance.HIGH,
    )
    plain = EvalCase(
        eval_case_id="one_turn",
        prompt=said("user", "육면체 주사위를 굴려줘."),
        reference=ResponseCandidate(response=said("model", "4가 나왔습니다.")),
        reference_trajectory=[{"tool_name": "roll_die", "tool_input": {"sides": 6}}],
    )
    turns = EvalCase(
        eval_case_id="two_turns",
        conversation_history=[
            evals.Message(turn_id="0", author="user", content=said("user", "Roll a die.")),
            evals.Message(turn_id="1", author="model", content=said("model", "4")),
        ],
        prompt=said("user", "Is it prime?"),
        reference=ResponseCandidate(response=said("model", "No.")),
        responses=[ResponseCandidate(response=said("model", "Yes."))],
        system_instruction=said("system", "Be brief."),
        rubric_groups={"manners": RubricGroup(group_id="g", rubrics=[rubric])},
    )
    call = Content(role="model", parts=[Part(function_call=FunctionCall(name="roll_die", args={"sides": 6}))])
    agent = EvalCase(
        eval_case_id="agent",
        agent_data=evals.AgentData(
            agents={"dice": evals.AgentConfig(agent_id="dice", instruction="Roll.")},
            turns=[
                evals.ConversationTurn(
                    turn_index=0,
                    events=[
                        evals.AgentEvent(author="user", content=said("user", "Hello.")),
                        evals.AgentEvent(author="dice", content=said("model", "Hi.")),
                    ],
                ),
                evals.ConversationTurn(
                    turn_index=1,
                    events=[
                        evals.AgentEvent(author="user", content=said("user", "Roll.")),
                        evals.AgentEvent(author="dice", content=call),
                    ],
                ),
            ],
        ),
    )
    dataset = EvaluationDataset(eval_cases=[plain, turns, agent], candidate_name="dice")
    write("vertex.json", dataset.model_dump_json(indent=1, exclude_none=True))
    write("vertex.camel.json", dataset.model_dump_json(indent=1, by_alias=True))


def record_hugging_face() -> None:
    from datasets import Dataset, DatasetDict

    splits = {
        split: Dataset.from_dict(
            {
                "question": [question for question, _, _ in rows],
                "answers": [{"text": texts, "answer_start": [0] * len(texts)} for _, texts, _ in rows],
                "page": [page for _, _, page in rows],
            }
        )
        for split, rows in ROWS.items()
    }
    DatasetDict(splits).save_to_disk(str(DATA / "hugging_face.saved"))
    folder = DATA / "hugging_face.hub" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    for split, dataset in splits.items():
        for shard in range(len(dataset)):
            name = f"{split}-{shard:05}-of-{len(dataset):05}.parquet"
            dataset.shard(len(dataset), shard).to_parquet(str(folder / name))


def write(name: str, text: str) -> None:
    (DATA / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
    print({name: version(name) for name in ("google-adk", "google-cloud-aiplatform", "datasets")})
