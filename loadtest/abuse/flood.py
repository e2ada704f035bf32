"""A flood of large prompts beside a well-behaved tenant.

    python3 loadtest/abuse/flood.py [--rounds 4] [--seconds 15]

Two tenants attack at once: one with a limit of 1 request a minute sends 16 prompts of 2 MB in parallel, again and
again; one without limits sends chats of '1' * 1900000 in parallel. Phases without and with the attack alternate in one
run. Ends with 1 if the bystander's TTFT p95 rises by more than the bound. Wants the machine for itself.
"""

import collections
import json
import sys

import attack


def main():
    parser = attack.arguments_of(__doc__, seconds=15)
    parser.add_argument("--rounds", type=attack.at_most(attack.MOST_ROUNDS), default=4,
                        help="of one phase alone and one beside the attack")
    parser.add_argument("--bound", type=float, default=1.5, help="largest ratio of the bystander's TTFT p95")
    parser.add_argument("--prompts", type=attack.at_most(64), default=16, help="prompts of 2 MB at once")
    parser.add_argument("--chats", type=attack.at_most(64), default=2, help="chats of '1' * 1900000 at once")
    parser.add_argument("--pause", type=float, default=0.25, help="seconds between two requests of one thread")
    arguments = parser.parse_args()
    prompt = json.dumps({"model": attack.MODEL, "prompt": "lorem ipsum " * 166_000, "max_tokens": 1}).encode()
    chat = json.dumps({"model": attack.MODEL, "messages": [{"role": "user", "content": "1" * 1_900_000}]}).encode()
    tenants = [{"id": "good"}, {"id": "limited", "limits": {"requests-per-minute": 1}}, {"id": "unlimited"}]
    with attack.Server(arguments, tenants) as server:
        bystander = attack.Bystander(server, "good")
        bystander.measure(5)  # warm
        alone, beside, got = attack.Measured(), attack.Measured(), collections.Counter()
        for _ in range(arguments.rounds):
            alone += bystander.measure(arguments.seconds)
            flood = attack.Attack()
            flood.start(arguments.prompts, "2 MB prompt, 1 request/min",
                        lambda: attack.post(server, "limited", "/v1/completions", prompt), arguments.pause)
            flood.start(arguments.chats, "chat of '1' * 1900000",
                        lambda: attack.post(server, "unlimited", "/v1/chat/completions", chat), arguments.pause)
            beside += bystander.measure(arguments.seconds)
            got.update(flood.stop())
        for (name, result), count in sorted(got.items(), key=str):
            print(f"attacker: {name}: {result} x {count}")
        kept = attack.report_bystander(alone, beside, arguments.bound)
        return 0 if kept and server.alive() else 1


if __name__ == "__main__":
    sys.exit(main())
