"""The official OpenAI client, unchanged, against a running server: python openai_client.py BASE_URL MODEL. Exits 0 if all holds."""

import sys

import openai

base_url, model = sys.argv[1:3]
client = openai.OpenAI(base_url=base_url + "/v1", api_key="any", max_retries=0)
question = [{"role": "user", "content": "What is the capital of France?"}]


def expect(condition, what):
    if not condition:
        raise SystemExit(f"not as expected: {what}")


def expect_error(kind, call, message_part):
    try:
        call()
    except kind as error:
        expect(message_part in str(error), f"{message_part!r} in {error}")
        expect(error.request_id, "an error with x-request-id")
        expect(error.body["type"], "an error body in the OpenAI shape")
        return error
    raise SystemExit(f"expected {kind.__name__}")


models = client.models.list().data
expect([entry.id for entry in models] == [model], f"the model list, not {models}")
expect(client.models.retrieve(model).object == "model", "a model card")
expect_error(openai.NotFoundError, lambda: client.models.retrieve("nobody/knows-it"), "nobody/knows-it")

answer = client.chat.completions.create(model=model, messages=question, temperature=0, max_completion_tokens=60)
text = answer.choices[0].message.content
expect("Paris" in text, f"Paris in {text!r}")
expect(answer.choices[0].finish_reason == "stop", answer.choices[0].finish_reason)
expect(answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens, answer.usage)
expect(answer.usage.prompt_tokens == 37, f"37 prompt tokens, not {answer.usage.prompt_tokens}")

chunks = list(client.chat.completions.create(
    model=model, messages=question, temperature=0, max_completion_tokens=60, stream=True,
    stream_options={"include_usage": True}))
expect(len(chunks) > 4, "more than one chunk")
expect(chunks[0].choices[0].delta.role == "assistant", "a role in the first chunk")
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
expect(streamed == text, f"the streamed text {streamed!r} is the whole one {text!r}")
expect(chunks[-1].usage == answer.usage, "the same usage streamed")
expect(len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1, "one id, created and model")

with client.chat.completions.stream(model=model, messages=question, temperature=0, max_completion_tokens=60) as stream:
    expect(stream.get_final_completion().choices[0].message.content == text, "the helper's final completion")

several = client.chat.completions.create(
    model=model, messages=question, n=3, temperature=1, seed=5, max_completion_tokens=12, logprobs=True, top_logprobs=2)
expect([choice.index for choice in several.choices] == [0, 1, 2], "three choices")
expect(len({choice.message.content for choice in several.choices}) > 1, "choices that differ")
for choice in several.choices:
    # By bytes: a character may be of several tokens, and the last one cut off.
    joined = b"".join(bytes(entry.bytes) for entry in choice.logprobs.content).decode(errors="replace")
    expect(joined.rstrip("\ufffd") == choice.message.content.rstrip("\ufffd"), "tokens that join to the text")
    expect(all(entry.logprob <= 0 and len(entry.top_logprobs) == 2 for entry in choice.logprobs.content), "log-probabilities")

completion = client.completions.create(
    model=model, prompt=["The capital of France is", "Water boils at"], temperature=0, max_tokens=8, logprobs=3)
expect([choice.index for choice in completion.choices] == [0, 1], "two prompts, two choices")
expect("Paris" in completion.choices[0].text, completion.choices[0].text)
expect(completion.usage.completion_tokens == 16, completion.usage)

stopped = client.completions.create(model=model, prompt="1, 2, 3, 4,", temperature=0, max_tokens=30, stop=[" 7"])
expect(stopped.choices[0].finish_reason == "stop" and "7" not in stopped.choices[0].text, stopped.choices[0])

error = expect_error(
    openai.BadRequestError, lambda: client.completions.create(model=model, prompt="word " * 9000, max_tokens=5), "8192")
expect(error.code == "context_length_exceeded", error.code)
expect_error(openai.NotFoundError, lambda: client.completions.create(model="none", prompt="x"), "none")
error = expect_error(
    openai.BadRequestError,
    lambda: client.chat.completions.create(model=model, messages=question, temperature=3), "temperature")
expect(error.param == "temperature", error.param)

print(text)
