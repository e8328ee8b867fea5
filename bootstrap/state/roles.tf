locals {
  pipelines = var.pipeline == null ? {} : {
    deploy = var.pipeline.deploy_subjects
    read   = var.pipeline.read_subjects
  }
  pipeline_names = { deploy = "StreamPipelineDeploy", read = "StreamPipelineRead" }

  issuer_arn = try(
    aws_iam_openid_connect_provider.pipeline[0].arn,
    "arn:${local.partition}:iam::${var.account_id}:oidc-provider/${try(var.pipeline.issuer, "")}",
  )

  trust = {
    for name in ["deploy", "read"] : name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "AllowNamed"
        Effect    = "Allow"
        Principal = { AWS = concat([for kind, role in aws_iam_role.pipeline : role.arn if kind == name], var.administrators) }
        Action    = "sts:AssumeRole"
      }]
    })
  }

  # The placeholders of policies/states.json.tftpl.
  objects = {
    for name, account in var.accounts : name => {
      bucket_arn  = jsonencode(local.bucket_arn)
      own_arns    = jsonencode(flatten([for state in account.writes : ["${local.bucket_arn}/${state}.tfstate", "${local.bucket_arn}/${state}.tfstate.tflock"]]))
      lock_arns   = jsonencode([for state in account.writes : "${local.bucket_arn}/${state}.tfstate.tflock"])
      others_arns = jsonencode([for state in account.reads : "${local.bucket_arn}/${state}.tfstate"])
    }
  }

  # What pipelines may assume: in each account, and here.
  assumed = {
    deploy = concat(
      distinct([for account in var.accounts : "arn:${local.partition}:iam::${account.id}:role/TerraformDeploy"]),
      [for role in aws_iam_role.state : role.arn],
    )
    read = concat(
      distinct([for account in var.accounts : "arn:${local.partition}:iam::${account.id}:role/TerraformRead"]),
      [aws_iam_role.read_states.arn],
    )
  }
}

resource "aws_iam_openid_connect_provider" "pipeline" {
  count = try(var.pipeline.create_provider, false) ? 1 : 0

  url            = "https://${var.pipeline.issuer}"
  client_id_list = [var.pipeline.audience]
}

resource "aws_iam_role" "pipeline" {
  for_each = local.pipelines

  name        = local.pipeline_names[each.key]
  description = "What a pipeline gets for its OIDC token"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AllowSubjects"
      Effect    = "Allow"
      Principal = { Federated = local.issuer_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${var.pipeline.issuer}:aud" = var.pipeline.audience
          "${var.pipeline.issuer}:sub" = each.value
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "pipeline" {
  for_each = aws_iam_role.pipeline

  name = "assume"
  role = each.value.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "AssumeRoles", Effect = "Allow", Action = "sts:AssumeRole", Resource = local.assumed[each.key] }]
  })
}

resource "aws_iam_role" "state" {
  for_each = var.accounts

  name               = "TerraformState-${each.key}"
  description        = "States of the stacks of ${each.key}"
  assume_role_policy = local.trust.deploy
}

resource "aws_iam_role_policy" "state" {
  for_each = aws_iam_role.state

  name = "states"
  role = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in jsondecode(templatefile("${path.module}/policies/states.json.tftpl", local.objects[each.key])).Statement :
      statement if length(flatten([statement.Resource])) > 0
    ]
  })
}

resource "aws_iam_role" "read_states" {
  name               = "TerraformState-read"
  description        = "States of all stacks and their locks, to plan and to change nothing"
  assume_role_policy = local.trust.read
}

resource "aws_iam_role_policy" "read_states" {
  name = "states"
  role = aws_iam_role.read_states.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "FindStates", Effect = "Allow", Action = "s3:ListBucket", Resource = local.bucket_arn },
      { Sid = "ReadStates", Effect = "Allow", Action = "s3:GetObject", Resource = ["${local.bucket_arn}/*.tfstate", "${local.bucket_arn}/*.tfstate.tflock"] },
    ]
  })
}
