# What an account needs once: the role that deploys its stacks, one that only reads them, the boundary of
# the roles that stacks create, and a role that redrives failed batches. See ../README.md.

terraform {
  required_version = ">= 1.10.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  regional  = "${var.region}:${var.account_id}"
  iam       = "arn:${local.partition}:iam::${var.account_id}"

  functions = var.consumers[*].function
  # What the stacks make, and so may change; the rest exists and stays as it is.
  made           = [for consumer in var.consumers : consumer if consumer.exists == "none"]
  made_functions = [for consumer in var.consumers : consumer.function if consumer.exists != "function"]
  made_roles     = [for consumer in local.made : "${local.iam}:role/${consumer.role}"]
  found_roles    = [for consumer in var.consumers : "${local.iam}:role/${consumer.role}" if consumer.exists == "role"]
  lakes          = [for consumer in var.consumers : consumer if consumer.lake]

  # The placeholders of policies/*.json.tftpl.
  names = {
    role_arns        = local.made_roles
    found_role_arns  = local.found_roles
    passed_role_arns = concat(local.made_roles, local.found_roles)
    role_policy_arns = flatten([
      for consumer in local.made : [
        "${local.iam}:policy/${consumer.role}-streams-*",
        "${local.iam}:policy/${consumer.role}-statements",
      ]
    ])
    boundary_arn       = "${local.iam}:policy${local.path}${local.boundary}"
    function_arns      = [for name in local.functions : "arn:${local.partition}:lambda:${local.regional}:function:${name}"]
    made_function_arns = [for name in local.made_functions : "arn:${local.partition}:lambda:${local.regional}:function:${name}"]
    mapping_arn        = "arn:${local.partition}:lambda:${local.regional}:event-source-mapping:*"
    log_group_arns = flatten([
      for name in local.made_functions : [
        "arn:${local.partition}:logs:${local.regional}:log-group:/aws/lambda/${name}",
        "arn:${local.partition}:logs:${local.regional}:log-group:/aws/lambda/${name}:*",
      ]
    ])
    alarm_arns     = [for name in local.functions : "arn:${local.partition}:cloudwatch:${local.regional}:alarm:${name}-*"]
    any_alarm_arn  = "arn:${local.partition}:cloudwatch:${local.regional}:alarm:*"
    dashboard_arns = [for name in local.functions : "arn:${local.partition}:cloudwatch::${var.account_id}:dashboard/${name}-${var.region}"]
    topic_arns = flatten([
      for name in local.functions : [
        "arn:${local.partition}:sns:${local.regional}:${name}-alarms",
        "arn:${local.partition}:sns:${local.regional}:${name}-alarms:*",
      ]
    ])
    consumer_alias_arns = flatten([
      for name in local.functions : [
        "arn:${local.partition}:kms:${local.regional}:alias/lambda/${name}",
        "arn:${local.partition}:kms:${local.regional}:alias/sns/${name}-alarms",
      ]
    ])
    failed_batch_arns  = [for consumer in var.consumers : "arn:${local.partition}:s3:::${consumer.name}-failed-batches-*"]
    failed_object_arns = [for consumer in var.consumers : "arn:${local.partition}:s3:::${consumer.name}-failed-batches-*/aws/lambda/*"]
    lake_arns          = [for lake in local.lakes : "arn:${local.partition}:s3:::${lake.name}-changes-*"]
    lake_object_arns   = [for lake in local.lakes : "arn:${local.partition}:s3:::${lake.name}-changes-*/*"]
    workgroup_arns     = [for lake in local.lakes : "arn:${local.partition}:athena:${local.regional}:workgroup/${lake.function}"]
    catalog_arns = flatten([
      for lake in local.lakes : [
        "arn:${local.partition}:glue:${local.regional}:catalog",
        "arn:${local.partition}:glue:${local.regional}:database/*__${replace(lake.name, "-", "_")}",
        "arn:${local.partition}:glue:${local.regional}:table/*__${replace(lake.name, "-", "_")}/*",
      ]
    ])
    table_arns       = [for name in var.tables : "arn:${local.partition}:dynamodb:${local.regional}:table/${name}"]
    stream_arns      = [for name in var.tables : "arn:${local.partition}:dynamodb:${local.regional}:table/${name}/stream/*"]
    table_alias_arns = [for name in var.tables : "arn:${local.partition}:kms:${local.regional}:alias/dynamodb/${replace(name, ".", "/")}"]
    any_stream_arn   = "arn:${local.partition}:dynamodb:*:*:table/*/stream/*"
    key_arn          = "arn:${local.partition}:kms:${local.regional}:key/*"
    topologies       = var.topologies
  }
}
