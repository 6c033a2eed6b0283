from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_successors"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="password_given",
            field=models.BooleanField(default=False, verbose_name="密码由管理员设定，尚未自行修改"),
        ),
    ]
