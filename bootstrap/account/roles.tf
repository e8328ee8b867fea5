locals {
  path      = "/streams-bootstrap/"
  boundary  = "StreamFunctionBoundary"
  own_roles = ["TerraformDeploy", "TerraformRead", "StreamRedrive"]

  placeholders = { for name, value in local.names : name => jsonencode(value) }
  # A statement about nothing that this account has is left out.
  statements = {
    for kind in ["boundary", "consumer", "lake", "producer", "redrive", "subscription"] : kind => [
      for statement in jsondecode(templatefile("${path.module}/policies/${kind}.json.tftpl", local.placeholders)).Statement :
      statement if length(flatten([statement.Resource])) > 0
    ]
  }

  # Of each kind of stack, what only reads and what changes; the statements' names say which.
  kinds = concat(
    length(var.consumers) > 0 ? ["consumer", "subscription"] : [],
    length(local.lakes) > 0 ? ["lake"] : [],
    length(var.tables) > 0 ? ["producer"] : [],
  )
  policies = merge([
    for kind in local.kinds : {
      "${kind}-read"   = [for statement in local.statements[kind] : statement if startswith(statement.Sid, "Read")]
      "${kind}-change" = [for statement in local.statements[kind] : statement if !startswith(statement.Sid, "Read")]
    }
  ]...)
  documents = {
    for name, statements in local.policies : name => jsonencode({ Version = "2012-10-17", Statement = statements })
  }

  more = length(var.function_actions) == 0 ? [] : [
    { Sid = "More", Effect = "Allow", Action = var.function_actions, Resource = "*" }
  ]

  trust = {
    for name, arns in { deploy = var.deployers, read = var.readers, redrive = var.redrivers } : name => jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = "AllowNamed", Effect = "Allow", Principal = { AWS = arns }, Action = "sts:AssumeRole" }]
    })
  }
}

resource "aws_iam_policy" "stacks" {
  for_each = local.documents

  name        = "Terraform-${each.key}"
  path        = local.path
  description = "What Terraform calls for stacks of streams across accounts"
  policy      = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= 6144
      error_message = "The policy Terraform-${each.key} has more than the 6144 characters that IAM takes. Write names that end with *."
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "TerraformDeploy"
  description        = "Deploys stacks of streams across accounts"
  assume_role_policy = local.trust.deploy
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = aws_iam_policy.stacks

  role       = aws_iam_role.deploy.name
  policy_arn = each.value.arn
}

resource "aws_iam_role" "read" {
  name               = "TerraformRead"
  description        = "Plans stacks of streams across accounts, and changes nothing"
  assume_role_policy = local.trust.read
}

resource "aws_iam_role_policy_attachment" "read" {
  for_each = { for name, policy in aws_iam_policy.stacks : name => policy if endswith(name, "-read") }

  role       = aws_iam_role.read.name
  policy_arn = each.value.arn
}

# The most that an execution role may do, whatever a stack grants it.
resource "aws_iam_policy" "boundary" {
  count = length(var.consumers) > 0 ? 1 : 0

  name        = local.boundary
  path        = local.path
  description = "The most that a function of streams across accounts may do"
  policy      = jsonencode({ Version = "2012-10-17", Statement = concat(local.statements.boundary, local.more) })
}

resource "aws_iam_role" "redrive" {
  count = length(var.redrivers) > 0 ? 1 : 0

  name               = "StreamRedrive"
  description        = "Delivers failed batches again"
  assume_role_policy = local.trust.redrive
}

resource "aws_iam_role_policy" "redrive" {
  count = length(var.redrivers) > 0 ? 1 : 0

  name   = "redrive"
  role   = aws_iam_role.redrive[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements.redrive })
}
