"""Roles, policies and what joins them."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from provisioner.emulator.services.request import Made, Request

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import TagTypeDef

_VERSIONS_OF_A_POLICY = 5
"""IAM keeps this many; creating one more is refused (IAM User Guide, "IAM and AWS STS quotas")."""


def _tag_list(tags: Mapping[str, str]) -> "list[TagTypeDef]":
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def role(request: Request) -> Made:
    """A role; an existing one is updated."""
    inputs, iam, tags = request.inputs, request.account.iam, request.default_tags
    name, trust = inputs.text("name"), inputs.text("assumeRolePolicy")
    description = inputs.maybe_text("description") or ""
    inputs.done()
    tag_list = _tag_list(tags)
    try:
        made = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Description=description, Tags=tag_list)[
            "Role"
        ]
    else:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
        iam.update_role_description(RoleName=name, Description=description)
        iam.tag_role(RoleName=name, Tags=tag_list)
    return Made(id=name, outputs={"arn": made["Arn"], "uniqueId": made["RoleId"], "tagsAll": tags})


def identity_provider(request: Request) -> Made:
    """An identity provider of another cloud; one for other audiences is made anew."""
    inputs, iam, tags = request.inputs, request.account.iam, request.default_tags
    url, audiences = inputs.text("url"), inputs.texts("clientIdLists")
    inputs.done()
    arn = f"arn:aws:iam::{request.account.id}:oidc-provider/{url.removeprefix('https://')}"
    try:
        present = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
    except iam.exceptions.NoSuchEntityException:
        present = None
    if present != audiences:
        if present is not None:
            iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        iam.create_open_id_connect_provider(Url=url, ClientIDList=audiences, Tags=_tag_list(tags))
    return Made(id=arn, outputs={"arn": arn, "tagsAll": tags})


def role_policy(request: Request) -> Made:
    """An inline policy of a role."""
    name, role_name = request.inputs.text("name"), request.inputs.text("role")
    document = request.inputs.text("policy")
    request.inputs.done()
    request.account.iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=document)
    return Made(id=f"{role_name}:{name}")


def policy(request: Request) -> Made:
    """A managed policy; an existing one gets a new default version if its document changed."""
    inputs, iam, tags = request.inputs, request.account.iam, request.default_tags
    name, document = inputs.text("name"), inputs.text("policy")
    description = inputs.maybe_text("description") or ""
    inputs.done()
    tag_list = _tag_list(tags)
    arn = f"arn:aws:iam::{request.account.id}:policy/{name}"
    try:
        version = iam.get_policy(PolicyArn=arn)["Policy"].get("DefaultVersionId", "")
    except iam.exceptions.NoSuchEntityException:
        iam.create_policy(PolicyName=name, PolicyDocument=document, Description=description, Tags=tag_list)
    else:
        present: object = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"].get("Document")
        if (json.loads(present) if isinstance(present, str) else present) != json.loads(document):
            versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
            if len(versions) >= _VERSIONS_OF_A_POLICY:
                oldest = min(
                    (one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"]
                )
                iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        iam.tag_policy(PolicyArn=arn, Tags=tag_list)
    return Made(id=arn, outputs={"arn": arn, "tagsAll": tags})


def role_policy_attachment(request: Request) -> Made:
    """A managed policy on a role, which must exist."""
    role_name, arn = request.inputs.text("role"), request.inputs.text("policyArn")
    request.inputs.done()
    request.account.iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    return Made(id=f"{role_name}/{arn}")


def user_policy_attachment(request: Request) -> Made:
    """A managed policy on a user, who must exist."""
    user_name, arn = request.inputs.text("user"), request.inputs.text("policyArn")
    request.inputs.done()
    request.account.iam.attach_user_policy(UserName=user_name, PolicyArn=arn)
    return Made(id=f"{user_name}/{arn}")
