"""Structured output with the official OpenAI client and Pydantic: python structured_output.py BASE_URL MODEL. Exits 0 if all holds."""

import enum
import json
import re
import sys
from typing import Annotated, Optional, Union

import openai
import pydantic

base_url, model = sys.argv[1:3]
client = openai.OpenAI(base_url=base_url + "/v1", api_key="any", max_retries=0)


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not as expected: {what}")


class Kind(str, enum.Enum):
    CITY = "city"
    COUNTRY = "country"


class Place(pydantic.BaseModel):
    name: str = pydantic.Field(max_length=12)
    kind: Kind
    population: Optional[int] = pydantic.Field(ge=0, le=2_000_000_000)
    near: list[Annotated[str, pydantic.Field(max_length=12)]] = pydantic.Field(max_length=2)


class Step(pydantic.BaseModel):
    explanation: str = pydantic.Field(max_length=12)
    output: Union[int, bool]


class Steps(pydantic.BaseModel):
    steps: list[Step] = pydantic.Field(min_length=1, max_length=1)
    final: Place


question = [{"role": "user", "content": "Tell me about Paris, as JSON."}]
for shape, temperature in ((Steps, 0), (Place, 1.5)):
    answer = client.beta.chat.completions.parse(
        model=model, messages=question, response_format=shape, temperature=temperature, seed=7,
        max_completion_tokens=300)
    choice = answer.choices[0]
    expect(choice.finish_reason == "stop", choice)
    expect(isinstance(choice.message.parsed, shape), choice.message)

with client.chat.completions.stream(
        model=model, messages=question, response_format=Place, temperature=1, seed=3, max_tokens=300) as stream:
    completion = stream.get_final_completion()
expect(isinstance(completion.choices[0].message.parsed, Place), completion)

try:
    client.beta.chat.completions.parse(
        model=model, messages=question, response_format=Place, max_completion_tokens=5)
    raise SystemExit("an answer that was cut must not parse")
except openai.LengthFinishReasonError:
    pass

plain = client.chat.completions.create(
    model=model, messages=question, response_format={"type": "json_object"}, temperature=1, seed=2, max_tokens=60,
    logprobs=True, top_logprobs=2)
if plain.choices[0].finish_reason == "stop":
    expect(isinstance(json.loads(plain.choices[0].message.content), dict), plain)
expect(all(entry.logprob > -10_000 for entry in plain.choices[0].logprobs.content), "finite log-probabilities")

answers = client.chat.completions.create(
    model=model, messages=question, n=2, temperature=1.5, max_tokens=30,
    extra_body={"structured_outputs": {"regex": "(19|20)[0-9]{2}-(0[1-9]|1[0-2])"}})
expect(all(re.fullmatch("(19|20)[0-9]{2}-(0[1-9]|1[0-2])", c.message.content) for c in answers.choices), answers)

choice = client.completions.create(
    model=model, prompt="Paris is a", max_tokens=10, extra_body={"guided_choice": ["city", "country"]})
expect(choice.choices[0].text in ("city", "country"), choice)

try:
    client.chat.completions.create(
        model=model, messages=question, response_format={"type": "json_schema", "json_schema": {
            "name": "x", "schema": {"properties": {"tags": {"type": "array", "uniqueItems": True}}}}})
    raise SystemExit("uniqueItems must be refused")
except openai.BadRequestError as error:
    expect("uniqueItems" in str(error) and error.body["param"].endswith("#/properties/tags"), error)
