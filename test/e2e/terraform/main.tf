# What a team keeps in Terraform: a key, secrets under it, a role that may read them, a user.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

variable "secret" { type = string }

data "aws_caller_identity" "current" {}

locals {
  root = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
}

resource "aws_kms_key" "prod" {
  description             = "production"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = { team = "blue" }
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" },
    { Effect = "Allow", Principal = { AWS = aws_iam_role.reader.arn }, Action = "kms:Decrypt", Resource = "*" },
  ] })
}

resource "aws_kms_alias" "prod" {
  name          = "alias/prod"
  target_key_id = aws_kms_key.prod.key_id
}

resource "aws_kms_grant" "reader" {
  key_id            = aws_kms_key.prod.key_id
  grantee_principal = aws_iam_role.reader.arn
  operations        = ["Encrypt", "Decrypt"]
  constraints { encryption_context_equals = { app = "shop" } }
}

resource "aws_ssm_parameter" "password" {
  name   = "/prod/db/password"
  type   = "SecureString"
  key_id = aws_kms_key.prod.arn
  value  = var.secret
}

resource "aws_ssm_parameter" "zones" {
  name            = "/prod/app/zones"
  type            = "StringList"
  tier            = "Advanced"
  allowed_pattern = "^[a-z,]+$"
  value           = "a,b"
  tags            = { team = "blue" }
}

resource "aws_iam_policy" "read" {
  name   = "read"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ssm:Get*", Resource = "*" }] })
}

resource "aws_iam_role" "reader" {
  name                 = "reader"
  permissions_boundary = aws_iam_policy.read.arn
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = aws_iam_user.app.arn }, Action = "sts:AssumeRole" },
  ] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_user" "app" {
  name = "app"
  path = "/service/"
  tags = { team = "blue" }
}

resource "aws_iam_group" "apps" { name = "apps" }

resource "aws_iam_user_group_membership" "app" {
  user   = aws_iam_user.app.name
  groups = [aws_iam_group.apps.name]
}

resource "aws_iam_access_key" "app" { user = aws_iam_user.app.name }

resource "aws_iam_instance_profile" "reader" {
  name = "reader"
  role = aws_iam_role.reader.name
}

resource "aws_iam_openid_connect_provider" "ci" {
  url            = "https://ci.example/oidc"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_account_password_policy" "strict" { minimum_password_length = 14 }
