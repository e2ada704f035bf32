"""Tools by the official OpenAI client, unchanged, against a running server: python tools_openai.py BASE_URL MODEL. Exits 0 if all holds."""

import json
import sys

import openai

base_url, model = sys.argv[1:3]
client = openai.OpenAI(base_url=base_url + "/v1", api_key="any", max_retries=0)
question = [{"role": "user", "content": "What is the weather in Bonn?"}]
weather = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather in a city", "strict": True,
    "parameters": {"type": "object", "additionalProperties": False, "required": ["city", "unit"], "properties": {
        "city": {"type": "string", "maxLength": 30}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}}}}
now = {"type": "function", "function": {"name": "now", "description": "The time"}}


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not as expected: {what}")


def checked(calls):
    for call in calls:
        expect(call.type == "function" and len(call.id) >= 9, call)
        arguments = json.loads(call.function.arguments)
        if call.function.name == "get_weather":
            expect(set(arguments) == {"city", "unit"} and arguments["unit"] in ("celsius", "fahrenheit"), arguments)
        else:
            expect(call.function.name == "now" and arguments == {}, call)
    expect(len({call.id for call in calls}) == len(calls), "an id of its own for each call")
    return [(call.function.name, call.function.arguments) for call in calls]


def ask(**options):
    answer = client.chat.completions.create(
        model=model, messages=question, tools=[weather, now], temperature=0, max_completion_tokens=150, **options)
    return answer.choices[0]


def stream(**options):
    with client.chat.completions.stream(
            model=model, messages=question, tools=[weather, now], temperature=0, max_completion_tokens=150,
            **options) as events:
        return events.get_final_completion().choices[0]


required = ask(tool_choice="required", parallel_tool_calls=False)
expect(required.finish_reason == "tool_calls" and required.message.content is None, required)
expect(len(checked(required.message.tool_calls)) == 1, "one call")

named = {"type": "function", "function": {"name": "get_weather"}}
forced = ask(tool_choice=named)
expect(checked(forced.message.tool_calls)[0][0] == "get_weather", forced)

streamed = stream(tool_choice=named)
expect(checked(streamed.message.tool_calls) == checked(forced.message.tool_calls), "the same call streamed")
expect(streamed.finish_reason == "tool_calls", streamed.finish_reason)

parsed = streamed.message.tool_calls[0].function.parsed_arguments
expect(parsed["unit"] in ("celsius", "fahrenheit"), "arguments parsed by the client's helper")

for choice in ask(), stream(tool_choice="auto"):
    calls = choice.message.tool_calls or []
    checked(calls)
    expect((choice.finish_reason == "tool_calls") == bool(calls), choice)
    expect(bool(calls) or choice.message.content, "text or calls")

expect(not ask(tool_choice="none").message.tool_calls, "no calls")

history = question + [
    {"role": "assistant", "content": None, "tool_calls": [call.model_dump() for call in forced.message.tool_calls]},
    {"role": "tool", "tool_call_id": forced.message.tool_calls[0].id, "content": "17 degrees, rain"}]
after = client.chat.completions.create(
    model=model, messages=history, tools=[weather], tool_choice="none", temperature=0, max_completion_tokens=40)
expect(after.choices[0].message.content, "an answer to the result")

try:
    ask(tool_choice={"type": "function", "function": {"name": "nobody"}})
    raise SystemExit("an unknown tool was chosen")
except openai.BadRequestError as error:
    expect(error.param == "tool_choice.function.name", error.param)

print(checked(forced.message.tool_calls))
