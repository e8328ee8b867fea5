# terraform -chdir=bootstrap/state test: without AWS.
mock_provider "aws" {
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws" }
  }
}

variables {
  account_id     = "111122223333"
  region         = "us-east-1"
  bucket         = "example-terraform-state"
  administrators = ["arn:aws:iam::111122223333:root"]
  accounts = {
    analytics = { id = "111122223333", writes = ["orders/consumer-process-orders"], reads = ["orders/producer-orders"] }
    shop      = { id = "444455556666", writes = ["orders/producer-orders"] }
  }
}

run "no_pipeline" {
  command = plan

  assert {
    condition     = length(aws_iam_role.pipeline) == 0 && length(aws_iam_openid_connect_provider.pipeline) == 0
    error_message = "a role of a pipeline"
  }
}

run "a_token_must_have_exactly_this_audience_and_subject" {
  command = plan
  variables {
    pipeline = {
      deploy_subjects = ["repo:octo-org/octo-repo:environment:production"]
      read_subjects   = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
      create_provider = false
    }
  }

  assert {
    condition = jsondecode(aws_iam_role.pipeline["deploy"].assume_role_policy).Statement == [{
      Sid       = "AllowSubjects"
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:octo-org/octo-repo:environment:production"]
        }
      }
    }]
    error_message = aws_iam_role.pipeline["deploy"].assume_role_policy
  }
}

run "a_subject_may_have_the_ids_of_owner_and_repository" {
  command = plan
  variables {
    pipeline = {
      deploy_subjects = ["repo:octo-org@123456/octo-repo@456789:environment:production"]
      read_subjects   = ["repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main"]
      create_provider = false
    }
  }

  assert {
    condition = jsondecode(aws_iam_role.pipeline["deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:octo-org@123456/octo-repo@456789:environment:production"
    ]
    error_message = aws_iam_role.pipeline["deploy"].assume_role_policy
  }
}

run "subjects_are_exact" {
  command = plan
  variables {
    pipeline = {
      deploy_subjects = ["repo:octo-org/octo-repo:*"]
      read_subjects   = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
    }
  }
  expect_failures = [var.pipeline]
}

run "a_pull_request_does_not_deploy" {
  command = plan
  variables {
    pipeline = {
      deploy_subjects = ["repo:octo-org/octo-repo:pull_request"]
      read_subjects   = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
    }
  }
  expect_failures = [var.pipeline]
}

run "who_deploys_is_not_who_reads" {
  command = plan
  variables {
    pipeline = {
      deploy_subjects = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
      read_subjects   = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
    }
  }
  expect_failures = [var.pipeline]
}

run "nobody_may_deploy" {
  command = plan
  variables {
    administrators = []
  }
  expect_failures = [var.administrators]
}

run "states_of_every_account" {
  command = plan
  variables {
    accounts = { shop = { id = "444455556666", writes = ["*"] } }
  }
  expect_failures = [var.accounts]
}

run "an_account_named_like_the_role_of_readers" {
  command = plan
  variables {
    accounts = { read = { id = "444455556666", writes = ["orders/producer-orders"] } }
  }
  expect_failures = [var.accounts]
}
