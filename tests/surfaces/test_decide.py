"""`policylang decide`: every way to say a request, what is printed, and the exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

AS_KIRO = ("decide", "acme.pol", "--as", "kiro")
EU = ("Environment", "eu")
DEPLOY = (*AS_KIRO, "deploy", *EU, "--arg", "version=1", "--signal", "anomaly=0.1")
REQUEST = {
    "principal": {"id": "kiro"},
    "operation": "describe",
    "resource": {"type": "Environment", "id": "eu"},
}


def test_allow(cli: Any) -> None:
    result = cli(*AS_KIRO, "describe", *EU)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        'allow: kiro to describe Environment "eu"\n  because  acme/look  allow  acme.pol:28:1\n'
    )


def test_require_approval(cli: Any) -> None:
    result = cli(*AS_KIRO, "delete", *EU, "--attr", "stage=prod")
    assert result.code == 3
    assert result.out == (
        'require approval: kiro to delete Environment "eu"\n'
        "  because  acme/delete_prod  require approval  acme.pol:35:1\n"
        "             Two people decide.\n"
        "  needs    2 people of SRE must approve within 30 minutes\n"
        "  also     snapshot\n"
    )


def test_deny(cli: Any) -> None:
    result = cli(*AS_KIRO, "delete", *EU, "--attr", "stage=dev")
    assert result.code == 4
    assert "no rule allows this" in result.out


def test_explain(cli: Any) -> None:
    result = cli(*AS_KIRO, "delete", *EU, "--attr", "stage=dev", "--explain")
    assert "To be allowed:" in result.out
    body = cli(*AS_KIRO, "delete", *EU, "--explain", "--format", "json").json
    assert "To be allowed:" in body["explanation"]


def test_json_is_the_decision_of_the_interface(cli: Any) -> None:
    result = cli(*AS_KIRO, "delete", *EU, "--attr", "stage=prod", "--format", "json")
    body = result.json
    assert result.code == 3
    assert body["verdict"] == "require_approval"
    assert body["approvals"] == [
        {"quorum": 2, "from": ["SRE"], "within_seconds": 1800, "rule": "acme/delete_prod"}
    ]
    assert set(body) == {
        "verdict", "id", "request_digest", "policy_digest", "mode", "risks", "rules", "approvals",
        "obligations", "errors", "effects",
    }  # fmt: skip
    assert cli(*AS_KIRO, "delete", *EU, "--format", "jsonl").out.count("\n") == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--attr", "stage=dev"), 0),
        (("--attr", "stage=prod"), 4),
        ((), 4),
        (("--attr", "stage=dev", "--attr", "size=4"), 0),
        (("--attr", "stage=dev", "--attr", "size=5"), 4),
        (("--attr", "stage=dev", "--attr", "size=four"), 4),
        (("--attr", "stage=dev", "--attr", "size=" + "9" * 5000), 4),
        (("--attr", "stage=dev", "--attr", "open=true"), 4),
        (("--attr", "stage=dev", "--attr", "open=True"), 4),
        (("--attr", "stage=dev", "--attr", "open=false"), 0),
        (("--attr", "stage=dev", "--arg", "force=true"), 4),
        (("--attr", "stage=dev", "--attr", 'tags=["a", "b"]'), 0),
        (("--attr", "stage=dev", "--attr", 'tags=["a", "b", "c"]'), 4),
        (("--attr", "stage=dev", "--context", "ticket=T-1"), 4),
        (("--attr", "stage=dev", "--attr", "zone=a"), 4),
        (("--attr", "stage=dev", "--context", "zone=a"), 4),
    ],
)
def test_values_are_typed_as_declared(cli: Any, more: tuple[str, ...], code: int) -> None:
    assert cli(*DEPLOY, *more).code == code


def test_a_signal_is_a_decimal(cli: Any) -> None:
    odd = (*AS_KIRO, "deploy", *EU, "--arg", "version=1", "--attr", "stage=dev", "--signal")
    assert cli(*odd, "anomaly=0.5").code == 0
    assert cli(*odd, "anomaly=0.51").code == 4
    assert cli(*odd, "anomaly=NaN").code == 4


def test_a_resource_as_a_value(cli: Any) -> None:
    asked = ("decide", "acme.pol", "--as", "carla", "describe", "Environment", "us", "--attr")
    assert cli(*asked, "twin=eu").code == 4
    assert cli(*asked, "twin=jp").code == 0
    assert cli(*asked, 'twin={"type": "Environment", "id": "eu"}').code == 4


def test_a_chain_is_given_actor_first(cli: Any) -> None:
    delete = ("--as", "kiro", "delete", *EU, "--attr", "stage=prod")
    assert cli("decide", "acme.pol", *delete, "--as", "carla").code == 3
    result = cli("decide", "acme.pol", *delete, "--as", "ana")
    assert result.code == 4
    assert "kiro on behalf of ana" in result.out
    assert "no rule allows it to ana" in result.out


def test_roles_and_kind_of_somebody_who_is_not_declared(cli: Any) -> None:
    nova = ("decide", "acme.pol", "--as", "nova", "describe", *EU)
    assert cli(*nova).code == 4
    assert cli(*nova, "--role", "Developer").code == 0
    night = ("--context", "time=2019-01-01T00:00:00Z")
    assert cli(*nova, "--role", "Developer", *night).code == 0
    assert cli(*nova, "--role", "Developer", "--kind", "service", *night).code == 4


def test_the_clock_is_written_into_the_request(cli: Any) -> None:
    robot = ("decide", "acme.pol", "--as", "robot", "--role", "Developer", "--kind", "service")
    assert cli(*robot, "describe", *EU).code == 0


def test_the_inventory_wins(cli: Any) -> None:
    live = (*AS_KIRO, "delete", "Environment", "live", "--attr", "stage=dev")
    assert cli(*live).code == 4
    assert cli(*live, "--inventory", "inventory.yaml").code == 3


def test_options_may_stand_anywhere(cli: Any) -> None:
    assert (
        cli("decide", "--as", "kiro", "acme.pol", "delete", *EU, "--attr", "stage=prod").code == 3
    )
    assert (
        cli("decide", "acme.pol", "delete", "--attr", "stage=prod", *EU, "--as", "kiro").code == 3
    )
    assert cli(*AS_KIRO, "--", "delete", "Environment", "-x").code == 4


def test_a_request_from_a_file_or_from_standard_input(cli: Any) -> None:
    cli.write("r.json", json.dumps(REQUEST))
    assert cli("decide", "acme.pol", "--request", "r.json").code == 0
    assert cli("decide", "acme.pol", "--request", "-", stdin=json.dumps(REQUEST)).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "who acts?"),
        (("--as", "", "describe", *EU), "not an empty text"),
        (("--as", "kiro"), "what is to be done?"),
        (("--as", "kiro", "delete"), "what is to be done?"),
        (("--as", "kiro", "a", "B", "c", "d"), "what is to be done?"),
        (("--as", "kiro", "a", "B", "c", "--attr", "x"), "--attr takes NAME=VALUE, not `x`"),
        (
            ("--as", "kiro", "a", "B", "c", "--attr", "x=1", "--attr", "x=2"),
            "--attr x is given twice",
        ),
        (("--as", "kiro", "delete", *EU, "--attr", "tags=a"), "--attr tags is not valid JSON"),
        (("--as", "kiro", "delete", *EU, "--under", "Account"), "--under takes TYPE:ID"),
        (("--as", "kiro", "delete", *EU, "--kind", "robot"), "invalid choice"),
        (("--as", "kiro", "a", "B", "c", "--shell", "ls"), "a raw action says what is done"),
        (("--as", "kiro", "--shell", "ls", "--sql", "x"), "--shell, --sql are given together"),
        (("--as", "kiro", "--shell", "ls", "--attr", "a=1"), "--attr cannot be added"),
        (("--as", "kiro", "a", "B", "c", "--dialect", "x"), "--dialect goes with"),
        (("--as", "kiro", "--shell", "ls", "--parameters", "{}"), "--parameters goes with --aws"),
        (("--as", "kiro", "--aws", "s3"), "--aws takes a service and an operation"),
        (("--as", "kiro", "--aws", "s3 X", "--parameters", "[]"), "must be a JSON object"),
        (("--as", "kiro", "--http", "DELETE"), "--http takes a method and a URL"),
        (("--as", "kiro", "--request", "r.json"), "--as cannot be added"),
        (("--request", "r.json", "--attr", "a=1"), "--attr cannot be added"),
        (("--request", "r.json", "--terraform-plan", "x"), "--terraform-plan cannot be added"),
        (("--jsonl", "r.json", "--as", "kiro"), "no other request can be added"),
        (("--request", "acme.pol"), "`acme.pol`: not valid JSON"),
        (("--request", "."), "is a folder"),
    ],
)
def test_wrong_usage_is_told(cli: Any, arguments: tuple[str, ...], message: str) -> None:
    cli.write("r.json", json.dumps(REQUEST))
    result = cli("decide", "acme.pol", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_a_request_with_a_typo_is_not_decided(cli: Any) -> None:
    typo = json.dumps({**REQUEST, "resorce": {}})
    result = cli("decide", "acme.pol", "--request", "-", stdin=typo)
    assert (result.code, result.out) == (2, "")
    assert "did you mean `resource`?" in result.err


def test_a_request_with_an_undeclared_name_is_denied_and_says_so(cli: Any) -> None:
    result = cli(*AS_KIRO, "describe", "Environment", "eu", "--attr", "stge=prod")
    assert result.code == 4
    assert "`stge` is not an attribute of `Environment`" in result.out


@pytest.mark.parametrize(
    ("option", "value", "action"),
    [
        ("--sql", "DROP TABLE users", {"kind": "sql", "statement": "DROP TABLE users"}),
        (
            "--http",
            "delete https://api/v1/7",
            {"kind": "http", "method": "DELETE", "url": "https://api/v1/7"},
        ),
        (
            "--aws",
            "s3 DeleteBucket",
            {"kind": "aws", "service": "s3", "operation": "DeleteBucket"},
        ),
    ],
)
def test_raw_actions_are_put_into_the_request(
    cli: Any, monkeypatch: pytest.MonkeyPatch, option: str, value: str, action: dict[str, Any]
) -> None:
    assert asked(monkeypatch, cli, option, value) == action


def asked(monkeypatch: pytest.MonkeyPatch, cli: Any, *arguments: str) -> Any:
    """The raw action of the request that is decided."""
    from policylang.loader import Policy

    seen: list[Any] = []

    def decide(self: Policy, request: Any) -> Any:
        seen.append(request)
        raise RuntimeError("seen")

    monkeypatch.setattr(Policy, "decide", decide)
    assert cli(*AS_KIRO, *arguments).code == 2
    return dict(seen[0].action)


def test_more_raw_actions(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def action(*arguments: str) -> Any:
        return asked(monkeypatch, cli, *arguments)

    here = str(cli.folder)
    assert action("--shell", "ls", "--dialect", "zsh") == {
        "kind": "shell", "command": "ls", "cwd": here, "dialect": "zsh",
    }  # fmt: skip
    assert action("--kubectl", "kubectl delete ns prod")["command"] == "kubectl delete ns prod"
    assert action("--kubectl", "delete ns prod")["command"] == "kubectl delete ns prod"
    assert action("--sql", "x", "--dialect", "postgres")["dialect"] == "postgres"
    assert action("--aws", "s3 X", "--parameters", '{"Bucket": "b"}')["parameters"] == {
        "Bucket": "b"
    }
    cli.write("plan.json", '{"resource_changes": []}')
    assert action("--terraform-plan", "plan.json")["plan"] == {"resource_changes": ()}
    cli.write("call.json", '{"server": "github", "tool": "delete_file", "arguments": {"a": 1}}')
    assert action("--mcp", "call.json") == {
        "kind": "mcp", "server": "github", "tool": "delete_file", "arguments": {"a": 1},
    }  # fmt: skip
    rpc = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    cli.write("rpc.json", json.dumps({**rpc, "params": {"name": "x", "arguments": {}}}))
    assert action("--mcp", "rpc.json") == {"kind": "mcp", "tool": "x", "arguments": {}}
    cli.write("any.json", '{"kind": "file", "operation": "delete", "path": "/etc"}')
    assert action("--action", "any.json")["path"] == "/etc"


def test_an_action_that_is_malformed_is_not_decided(cli: Any) -> None:
    cli.write("a.json", '{"kind": "file", "operation": "delete", "paht": "/etc"}')
    result = cli(*AS_KIRO, "--action", "a.json")
    assert (result.code, result.out) == (2, "")
    assert "did you mean `path`?" in result.err


def test_an_action_that_nobody_classifies_is_denied(cli: Any) -> None:
    result = cli(*AS_KIRO, "--shell", "rm -rf /", "--format", "json")
    assert result.code == 4
    assert result.json["risks"] == ["Unknown"]


TOOL = 'tool "mcp:cloud/look" is describe on Environment(input.name)\n'


def test_a_bound_tool_is_the_operation_that_it_is_bound_to(cli: Any) -> None:
    cli.write("acme.pol", (cli.folder / "acme.pol").read_text() + TOOL)
    cli.write("call.json", '{"server": "cloud", "tool": "look", "arguments": {"name": "eu"}}')
    result = cli(*AS_KIRO, "--mcp", "call.json")
    assert result.code == 0
    assert result.out == (
        "allow: kiro to call the tool `look`\n"
        '  that is  describe Environment "eu"\n'
        "  because  acme/look  allow  acme.pol:28:1\n"
    )
    cli.write("call.json", '{"server": "cloud", "tool": "look", "arguments": {}}')
    assert cli(*AS_KIRO, "--mcp", "call.json").code == 4
    cli.write("call.json", '{"server": "other", "tool": "look", "arguments": {"name": "eu"}}')
    assert cli(*AS_KIRO, "--mcp", "call.json").code == 4


def test_what_bears_on_every_decision_is_told_once(cli: Any) -> None:
    text = (cli.folder / "acme.pol").read_text()
    cli.write("acme.pol", text + 'prove "x" never allow any agent to delete on Environment\n')
    cli.write("bad.yaml", "resources: [{type: Environment, id: eu, attributes: {stage: 7}}]\n")
    result = cli(*AS_KIRO, "describe", *EU)
    assert result.code == 0
    assert result.err.count("note: `x` is checked for its types, and not proved (acme.pol:") == 1
    bad = cli(*AS_KIRO, "delete", *EU, "--inventory", "bad.yaml")
    assert bad.code == 4
    assert "bad.yaml:1:" in bad.err
    assert "resource.stage" in bad.out


# ── streams ──────────────────────────────────────────────────────────────────────────────


def test_a_decision_a_line_in_the_order_of_the_requests(cli: Any) -> None:
    delete = {**REQUEST, "operation": "delete"}
    lines = "\n".join(map(json.dumps, [REQUEST, delete, REQUEST]))
    result = cli("decide", "acme.pol", "--jsonl", "-", stdin=lines + "\n")
    verdicts = [json.loads(line)["verdict"] for line in result.out.splitlines()]
    assert verdicts == ["allow", "deny", "allow"]
    assert (result.code, result.err) == (0, "")


def test_a_line_that_cannot_be_read_is_denied_and_the_rest_goes_on(cli: Any) -> None:
    good = json.dumps(REQUEST)
    lines = [good, "{", "", '{"principal": 1}', good, b"\xff".decode("latin-1"), good]
    cli.write("r.jsonl", "\r\n".join(lines))
    result = cli("decide", "acme.pol", "--jsonl", "r.jsonl")
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert result.code == 1
    assert [a["verdict"] for a in answers] == [
        "allow", "deny", "deny", "deny", "allow", "deny", "allow",
    ]  # fmt: skip
    assert [bool(a.get("error")) for a in answers] == [False, True, True, True, False, True, False]
    assert set(answers[1]) == {"error", "verdict"}


def test_an_empty_stream_is_fine(cli: Any) -> None:
    result = cli("decide", "acme.pol", "--jsonl", "-", stdin="")
    assert (result.code, result.out) == (0, "")


def test_a_bug_in_one_line_is_a_deny(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from policylang.loader import Policy

    def broken(self: Policy, request: Any) -> Any:
        raise RuntimeError("bug")

    monkeypatch.setattr(Policy, "decide", broken)
    result = cli("decide", "acme.pol", "--jsonl", "-", stdin=json.dumps(REQUEST))
    assert result.code == 1
    assert json.loads(result.out)["verdict"] == "deny"


def test_each_line_is_answered_before_the_next_is_read(cli: Any) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "policylang", "decide", "acme.pol", "--jsonl", "-"]
    with subprocess.Popen(
        command, cwd=cli.folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(json.dumps(REQUEST) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["verdict"] == "allow"
        process.stdin.close()
        assert process.wait(30) == 0


def test_as_a_process(cli: Any) -> None:
    result = cli.process(*AS_KIRO, "delete", *EU, "--attr", "stage=prod", "--format", "json")
    assert result.code == 3
    assert result.err == ""
    assert result.json["verdict"] == "require_approval"


def test_a_cached_decision_loads_no_compiler_and_no_graph(cli: Any) -> None:
    import subprocess
    import sys

    arguments = [*AS_KIRO, "describe", *EU]
    script = (
        "import sys; from policylang.surfaces.cli.main import main;"
        f"code = main({arguments!r});"
        "heavy = {'lark', 'networkx', 'pydantic', 'yaml', 'shtab'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else code)"
    )
    assert cli.process(*arguments).code == 0
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cli.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
