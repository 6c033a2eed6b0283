"""Until when a member is away (AS-57); the longer codes of 2.1 fit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_purposes_and_excuses")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="exclude_until",
            field=models.DateField(null=True, verbose_name="预计返回日期"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="exclude_code",
            field=models.CharField(blank=True, max_length=16, verbose_name="不计入原因"),
        ),
    ]
