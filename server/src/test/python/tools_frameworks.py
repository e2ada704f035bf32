"""Tools and typed answers by frameworks, unchanged, against a running server: python tools_frameworks.py BASE_URL MODEL.

Exits 0 if all holds. The model is small: what is checked is the form of calls and answers, never their sense.
"""

import asyncio
import sys
from typing import Literal

import instructor
import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, Field
from pydantic_ai import Agent, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

base_url, model = sys.argv[1:3]
api = base_url + "/v1"


class Person(BaseModel):
    """A person."""

    name: str = Field(max_length=20)
    age: int = Field(ge=0, le=150)
    job: Literal["smith", "baker", "none"]


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not as expected: {what}")


def with_pydantic_ai():
    chat = OpenAIChatModel(model, provider=OpenAIProvider(base_url=api, api_key="any"))
    agent = Agent(chat, output_type=ToolOutput(Person), model_settings={"temperature": 0, "max_tokens": 200}, retries=0)

    async def both():
        whole = await agent.run("Anna is 30 years old and a baker.")
        async with agent.run_stream("Anna is 30 years old and a baker.") as run:
            return whole.output, await run.get_output()

    whole, streamed = asyncio.run(both())
    expect(isinstance(whole, Person) and whole == streamed, (whole, streamed))


def with_instructor():
    client = instructor.from_openai(openai.OpenAI(base_url=api, api_key="any", max_retries=0), mode=instructor.Mode.TOOLS)
    person = client.chat.completions.create(
        model=model, response_model=Person, max_retries=0, temperature=0, max_tokens=200,
        messages=[{"role": "user", "content": "Anna is 30 years old and a baker."}])
    expect(isinstance(person, Person), person)


@tool
def get_weather(city: str, unit: Literal["celsius", "fahrenheit"]) -> str:
    """The weather in a city."""
    return f"17 degrees {unit} in {city}"


def with_langchain():
    chat = ChatOpenAI(model=model, base_url=api, api_key="any", temperature=0, max_tokens=200, max_retries=0)
    bound = chat.bind_tools([get_weather], tool_choice="get_weather")
    question = [HumanMessage("What is the weather in Bonn?")]
    answer = bound.invoke(question)
    expect(answer.tool_calls[0]["args"]["unit"] in ("celsius", "fahrenheit"), answer)

    joined = None
    for chunk in bound.stream(question):
        joined = chunk if joined is None else joined + chunk
    expect([call["args"] for call in joined.tool_calls] == [call["args"] for call in answer.tool_calls], joined)

    result = ToolMessage(get_weather.invoke(answer.tool_calls[0]["args"]), tool_call_id=answer.tool_calls[0]["id"])
    expect(chat.invoke(question + [answer, result]).content, "an answer to the result")

    for method in "function_calling", "json_schema":
        person = chat.with_structured_output(Person, method=method).invoke("Anna is 30 years old and a baker.")
        expect(isinstance(person, Person), person)


with_pydantic_ai()
with_instructor()
with_langchain()
