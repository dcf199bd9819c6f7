"""The workloads of the side-by-side bench in policy text, inventories and requests."""

from __future__ import annotations

from functools import cache
from typing import Any

from policylang import Request, Resource

W1 = """\
policy bench.agents

use std.risk

## Approval is asked for elsewhere, and comes with the request.
risk Removal deterministic default deny floor allow

role Reader
role Dev
role Ops
role Data
role Admin

principal { scopes: Set<String> }

resource Target {
    path:  String
    env:   dev | staging | prod
    tags:  Set<public | analytics | pii | internal>
    scope: String
}

context { approved: Bool, risk: Int }

operation fs_read, fs_list, db_query, http_get on Target is Read
operation fs_write, db_write, deploy           on Target is Write
operation fs_delete, db_drop                   on Target is Removal

allow any agent to any Read on Target when resource.scope in principal.scopes
allow any agent to any Read on Target when resource.tags contains public
allow Dev   to fs_write on Target when resource.path like "/workspace/*"
allow Ops   to deploy on Target when resource.env in [dev, staging]
allow Data  to db_query, db_write on Target when resource.tags contains analytics
allow Admin to anything on Target
allow Dev   to any Removal on Target when resource.path like "/workspace/tmp/*"

deny anyone to any Write on Target when resource.env == prod unless principal in Ops
deny anyone to any Removal on Target unless context.approved
deny anyone to anything on Target when resource.tags contains pii and context.risk >= 7
"""

W2 = """\
policy bench.repositories

use std.risk

resource Org
## The people who hold one role on one repository; admins are maintainers, and so on.
resource Group in Group
resource Team in Team, Org, Group
resource Repo in Org {
    readers:     Group
    triagers:    Group
    writers:     Group
    maintainers: Group
    admins:      Group
    internal:    Bool
    archived:    Bool
}
resource Issue in Repo { reporter: String }

principal {
    teams:     Set<Team>
    groups:    Set<Group>
    suspended: Bool
}

operation pull, fork                        on Repo  is Read
operation push                              on Repo  is Write
operation add_reader, add_writer, add_admin on Repo  is Permissions
operation delete_issue, edit_issue          on Issue is Write
operation assign_issue                      on Issue is Write

define among(teams: Set<Team>, groups: Set<Group>, group: Group) =
    (any t in teams: t under group) or (any g in groups: g under group)

allow any human to pull on Repo when among(principal.teams, principal.groups, resource.readers)
allow any human to fork on Repo when among(principal.teams, principal.groups, resource.readers)
allow any human to delete_issue on Issue
    when resource.reporter == principal.id
    when among(principal.teams, principal.groups, resource.repo.readers)
allow any human to edit_issue on Issue
    when resource.reporter == principal.id
    when among(principal.teams, principal.groups, resource.repo.readers)
allow any human to assign_issue on Issue
    when among(principal.teams, principal.groups, resource.repo.triagers)
allow any human to push on Repo when among(principal.teams, principal.groups, resource.writers)
allow any human to edit_issue on Issue
    when among(principal.teams, principal.groups, resource.repo.writers)
allow any human to delete_issue on Issue
    when among(principal.teams, principal.groups, resource.repo.maintainers)
allow any human to add_reader, add_writer, add_admin on Repo
    when among(principal.teams, principal.groups, resource.admins)
allow any human to pull on Repo
    when resource.internal
    when any t in principal.teams: t under resource.org

deny anyone to push, add_reader, add_writer, add_admin on Repo when resource.archived
deny anyone to anything on any when principal.suspended
"""

W3 = """\
policy bench.tools

use std.risk

resource File { path: String }
operation {operations} on File is Write

{rules}
"""

GROUPS = ("readers", "triagers", "writers", "maintainers", "admins")


def w3_text(policies: list[tuple[str, str, str, str]]) -> str:
    """A rule a policy: its own agent, its own tool, its own prefix."""
    effects = {"permit": "allow", "forbid": "deny"}
    rules = [
        f'{effects[effect]} "{agent}" to {tool.replace("-", "_")} on File'
        f' when resource.path like "{prefix}*"'
        for effect, agent, tool, prefix in policies
    ]
    operations = ", ".join(f"tool_{number}" for number in range(10))
    return W3.replace("{operations}", operations).replace("{rules}", "\n".join(rules))


def w1_inventory(data: dict[str, Any]) -> dict[str, Any]:
    principals = [
        {
            "id": id,
            "kind": "agent",
            "roles": [role.capitalize() for role in agent["roles"]],
            "attributes": {"scopes": agent["scopes"]},
        }
        for id, agent in data["agents"].items()
    ]
    return {"principals": principals}


def w2_inventory(data: dict[str, Any]) -> dict[str, Any]:
    resources = []
    for entity, parents in data["parents"].items():
        sort, id = entity.split(":", 1)
        if sort in ("Org", "Group", "Team"):
            resources.append(_resource(sort, id, [_reference(parent) for parent in parents]))
    for id, repo in data["repos"].items():
        groups = {name: {"type": "Group", "id": f"{id}#{name}"} for name in GROUPS}
        flags = {"internal": repo["internal"], "archived": repo["archived"]}
        resources.append(_resource("Repo", id, [_reference("Org:" + repo["org"])], groups | flags))
    for id, issue in data["issues"].items():
        above = [_reference("Repo:" + issue["repo"])]
        resources.append(_resource("Issue", id, above, {"reporter": issue["reporter"]}))
    principals = [_user(id, user, data["parents"]) for id, user in data["users"].items()]
    return {"resources": resources, "principals": principals}


def _resource(
    sort: str, id: str, parents: list[Any], attributes: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"type": sort, "id": id, "parents": parents, "attributes": attributes or {}}


def _reference(entity: str) -> dict[str, str]:
    sort, id = entity.split(":", 1)
    return {"type": sort, "id": id}


def _user(id: str, user: dict[str, Any], parents: dict[str, list[str]]) -> dict[str, Any]:
    above = [_reference(parent) for parent in parents["User:" + id]]
    return {
        "id": id,
        "kind": "human",
        "attributes": {
            "suspended": user["suspended"],
            "teams": [each for each in above if each["type"] == "Team"],
            "groups": [each for each in above if each["type"] == "Group"],
        },
    }


def texts(w: Any) -> tuple[str, dict[str, Any] | None]:
    """The policy and the inventory of a workload."""
    if w.kind == "W1":
        return W1, w1_inventory(w.data)
    if w.kind == "W2":
        return W2, w2_inventory(w.data)
    return w3_text(w.data["policies"]), None


def request(kind: str, q: dict[str, Any]) -> Request:
    """The request as an application that uses policylang holds it."""
    if kind == "W1":
        target = Resource(
            "Target", "x", path=q["path"], env=q["env"], tags=q["tags"], scope=q["scope"]
        )
        operation = _name(q["action"])
        context = {"approved": q["approved"], "risk": q["risk"]}
        return Request(q["agent"], operation, target, context=context)
    if kind == "W2":
        return Request(q["user"], q["action"], Resource(q["rtype"], q["rid"]))
    file = Resource("File", "x", path=q["path"])
    return Request(q["agent"], _name(q["tool"]), file)


@cache
def _name(action: str) -> str:
    """An operation's name: a constant in any application."""
    return action.replace(".", "_").replace("-", "_")
